"""A rehearsal of disaster: the sample congress with a bot that is killed again and again."""
