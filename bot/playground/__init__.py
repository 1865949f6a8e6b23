"""A small local Slack: what demos open, tests drive, load tests hammer and rehearsals use."""
