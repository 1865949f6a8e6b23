"""Maillon, the bot of a congress."""

__version__ = "0.1.0"
