"""The sample congress: invented people and organisations."""
