"""The playground, driven as a bot drives Slack and as people use it."""
