"""Input that nobody would send who means well, through the real application."""
