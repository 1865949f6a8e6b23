"""`maillon`: what organisers and operators do from a terminal."""

from bot.cli.main import main

__all__ = ["main"]
