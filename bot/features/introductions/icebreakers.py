"""Something to begin with: each can be answered by anybody, and asks for nothing confidential."""

from __future__ import annotations

from bot.core.i18n import N_

ICEBREAKERS = (
    N_("What did you come to the congress to find?"),
    N_("Which session gave you an idea so far?"),
    N_("What would you like to understand better of the other one's work?"),
    N_("Which step of your work has changed most in two years?"),
    N_("Whom else here should the other one meet?"),
    N_("What would make this quarter of an hour worth your while?"),
    N_("What do people outside your field get wrong about it?"),
)
"""An introduction remembers its place in this list: add at the end."""
