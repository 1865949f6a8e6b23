"""What the bot must reach, measured: each bench prints what it found."""
