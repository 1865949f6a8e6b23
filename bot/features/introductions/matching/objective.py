"""What a good introduction is: every weight of the matching, and why it is what it is.

For person i, meeting j is worth, from 0 to 1,

    u_i(j) = .60 m(i→j) + .15 m(j→i) + .25 K[kind of i, kind of j]

where m(i→j) says how well what j offers meets what i seeks. A round maximises, over the whole set
of introductions and after the hard rules, the number of people and the worst-off person,

    λ_i φ(u_i(j)) + λ_j φ(u_j(i)) + crossing − sharing.
"""

from __future__ import annotations

from collections.abc import Mapping

FOUND = 0.60
"""Finding what one seeks is why one comes."""
WANTED = 0.15
"""Being sought is worth something too: the other has a reason to listen."""
AFFINITY = 0.25
"""Links of the chain that need one another have something to say even where no tag agrees."""

BEST_SEARCH = 0.7
"""m: one search that is met fully makes a meeting worth it …"""
ALL_SEARCHES = 0.3
"""… and a person who meets several of them is better still."""

POOR = 0.4
POOR_PRICE = 0.17
"""φ: a meeting below this is a poor one, for which nobody comes twice: it costs a fixed price …"""
MIDDLING = 0.5
MIDDLING_SLOPE = 0.5
"""… and one below the middle costs half of what it lacks besides. A steeper slope, tried at 4, gave
up so much of the sum for the lowest few that over six rounds more introductions were poor."""

LEAST_MULTIPLIER, GREATEST_MULTIPLIER = 1 / 3, 3.0
"""λ = √(mean of all so far / own mean so far): those who had less so far count for more. Without
bounds and the root it swings: who had one poor round takes everything in the next."""

CROSSING = 0.10
"""For a pair of two different kinds: the event exists for the crossings."""

SCARCE = 0.055
"""A kind with a smaller share of those present is scarce …"""
SHARING = 0.20
"""… and each earlier meeting with one of it costs a person this much when it is shared out."""

SAME_SERVICE = 0.50
"""Tags are read as a service and a topic ("capacité de production : vaccins"). The same service for
another topic: half of what was sought; the same topic adds the other half …"""
SAME_TOPIC = 0.25
"""… but alone it is only a common subject."""
TOPIC_UNSAID = 0.75
"""The same service, where only one of the two says for which topic."""
SERVICE_UNSAID = 0.50
"""The same topic, where only one of the two says which service."""
SAME_FAMILY = 0.40
"""Services near each other, as an internship and an apprenticeship."""

MEETS = 0.50
"""From this likeness on, an offer meets a search where a rule asks so: the same service."""

KINDS = (
    "industrial",
    "sme",
    "startup",
    "academic",
    "student",
    "investor",
    "training",
    "patient_association",
    "health_authority",
)

_AFFINITIES = """
                     ind  sme  sta  aca  stu  inv  tra  pat  aut
industrial           .20  .80  .95  .90  .70  .50  .70  .70  .60
sme                  .80  .30  .70  .75  .65  .80  .65  .60  .55
startup              .95  .70  .30  .80  .60 1.00  .50  .65  .55
academic             .90  .75  .80  .30  .60  .60  .55  .70  .65
student              .70  .65  .60  .60  .10  .30  .65  .40  .35
investor             .50  .80 1.00  .60  .30  .10  .30  .45  .40
training             .70  .65  .50  .55  .65  .30  .20  .40  .40
patient_association  .70  .60  .65  .70  .40  .45  .40  .30  .90
health_authority     .60  .55  .55  .65  .35  .40  .40  .90  .10
"""
"""K: how much two links of the chain need each other. Highest where a product or a project changes
hands (a start-up and its investor, a start-up or a laboratory and its manufacturer, patients and
those who decide on their access), middling where one learns from or hires the other, lowest among
the same: they meet all year."""

UNKNOWN_AFFINITY = 0.40
"""Where a kind is not one of these: the middle."""
UNKNOWN_SAME = 0.20


def affinity(one: str, other: str) -> float:
    """K for two kinds, also those that an event made up."""
    known = _TABLE.get((one, other))
    if known is not None:
        return known
    return UNKNOWN_SAME if one == other and one else UNKNOWN_AFFINITY


def _table() -> Mapping[tuple[str, str], float]:
    rows = [line.split() for line in _AFFINITIES.strip().splitlines()[1:]]
    return {
        (row[0], column): float(value)
        for row in rows
        for column, value in zip(KINDS, row[1:], strict=True)
    }


_TABLE = _table()
