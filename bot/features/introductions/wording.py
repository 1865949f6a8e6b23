"""The sentences of introductions. Tags are quoted as they were written: no sentence has to agree
with their gender or number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.core.i18n import N_, Reader
from bot.features.introductions.matching.model import Reason

_OFFER_MEETS_SEARCH = N_("You are looking for “{seek}”: that is what {other} offers.")
_OFFER_NEAR_SEARCH = N_("You are looking for “{seek}”; {other} offers “{offer}”.")
_SEARCH_MEETS_OFFER = N_("{other} is looking for “{seek}”: that is what you offer.")
_SEARCH_NEAR_OFFER = N_("{other} is looking for “{seek}”; you offer “{offer}”.")
_SHARED_TOPIC = N_("A subject in common: {topic}.")
_TWO_LINKS = N_("Two links of the same chain: {mine}, {theirs}.")
_ONE_LINK = N_("The same link of the chain: {mine}.")
_TO_DISCOVER = N_("{other} takes part in the same introductions.")
_COMPETITION = N_("Reminder: no prices, no clients, no tenders, no future capacities.")

_LEFT_OUT: Mapping[str, str] = {
    "nobody_else": N_("Nobody else takes part in this round."),
    "nobody_allowed": N_("The rules and wishes leave nobody to meet in this round."),
    "taken": N_("Everybody whom you could meet has another meeting in this round."),
    "no_table": N_("There is no meeting table left in this round."),
    "stand_taken": N_("Somebody else is met at your stand in this round."),
    "no_consent": N_("Introductions were not agreed to."),
}
_EXPLAINED: Mapping[str, str] = {
    "introduced": N_("{a} and {b} are introduced to one another."),
    "left_out": N_("{a} and {b} are both left out of this round."),
    "others_more": N_("{a} and {b} may meet, but the round as a whole is worth more without."),
    "absent": N_("{a} or {b} does not take part in this round."),
    "chosen": N_("{a} and {b} are kept apart by a rule that one of the two chose."),
    "met": N_("{a} and {b} were introduced before."),
    "stand": N_("{a} and {b} are each met at a stand of their own."),
    "authority": N_("A health authority does not meet a company or an investor alone."),
    "industrial": N_("Two industrial companies meet only where an offer meets a search."),
    "organisation": N_("{a} and {b} are of the same organisation."),
    "language": N_("{a} and {b} share no language."),
    "workspaces": N_("{a} and {b} are in different workspaces."),
    "may": N_("{a} and {b} may be introduced to one another."),
    "not_now": N_("{a} or {b} takes part in no introductions at present."),
}
RELAXED: Mapping[str, str] = {
    "language": N_("no language in common"),
    "organisation": N_("the same organisation"),
}


def reason_in_words(
    reason: Reason, reader: Reader, name: Callable[[str], str], kind: Callable[[str], str]
) -> str:
    """`name` is how the reader knows a person, `kind` the label of what a person represents."""
    other = name(reason.other)
    say = reader.gettext
    if reason.code in ("offer_meets_search", "search_meets_offer"):
        exact, near = {
            "offer_meets_search": (_OFFER_MEETS_SEARCH, _OFFER_NEAR_SEARCH),
            "search_meets_offer": (_SEARCH_MEETS_OFFER, _SEARCH_NEAR_OFFER),
        }[reason.code]
        seek, offer = reason.tags[0], reason.tags[-1]
        sentence = exact if len(reason.tags) == 1 else near
        return say(sentence).format(seek=seek, offer=offer, other=other)
    if reason.code == "shared_topic":
        return say(_SHARED_TOPIC).format(topic=reason.tags[0])
    if reason.code == "competition":
        return say(_COMPETITION)
    mine, theirs = (kind(tag) for tag in reason.tags)
    if not (mine and theirs):
        return say(_TO_DISCOVER).format(other=other)
    return say(_ONE_LINK if mine == theirs else _TWO_LINKS).format(mine=mine, theirs=theirs)


def reasons_in_words(
    reasons: Iterable[Reason],
    reader: Reader,
    name: Callable[[str], str],
    kind: Callable[[str], str],
) -> str:
    return " ".join(reason_in_words(reason, reader, name, kind) for reason in reasons)


def why_left_out(code: str, reader: Reader) -> str:
    return reader.gettext(_LEFT_OUT[code])


def explained(code: str, reader: Reader, a: str, b: str) -> str:
    return reader.gettext(_EXPLAINED[code]).format(a=a, b=b)


KINDS_IN_WORDS: Mapping[str, str] = {
    "industrial": N_("Industry"),
    "sme": N_("Small company"),
    "startup": N_("Start-up"),
    "academic": N_("Academic research"),
    "student": N_("Studies"),
    "investor": N_("Investment"),
    "training": N_("Training"),
    "patient_association": N_("Patient association"),
    "health_authority": N_("Health authority"),
    "healthcare": N_("Healthcare institution"),
    "cluster": N_("Cluster"),
    "public_institution": N_("Public institution"),
    "press": N_("Press"),
    "other": N_("Other"),
}
"""Where there is no event whose file names the kinds."""
