"""Why those of a conversation meet: one sentence each way, that all of them can read."""

from __future__ import annotations

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.introductions.meetings import Meeting, Member
from bot.features.programme.vocabulary import folded

_ARTICLES = {
    "un": "accès précoce, avis scientifique, contrôle qualité, équipement à usage unique, "
    "financement d'amorçage, logiciel de données, partenariat industriel, plateau technique, "
    "réseau d'industriels, réseau de patients, stage de fin d'études, stage en bioproduction",
    "une": "alternance, capacité de production, certification BPF, école-usine, "
    "expertise scientifique, formation continue, lecture réglementaire, plateforme de vecteurs, "
    "preuve de concept, recherche partenariale, relecture de protocoles, série A, "
    "sous-traitance analytique, technologie de rupture, thérapie en développement, thèse CIFRE",
    "des": "apprentis, brevets à licencier, capteurs en ligne, doctorants, postes à pourvoir, "
    "prestations de qualification",
}
"""French needs an article; other words are quoted as they were written."""
_ARTICLE_OF = {
    folded(tag): article for article, tags in _ARTICLES.items() for tag in tags.split(", ")
}


def why_they_meet(meeting: Meeting, event: EventFile, reader: Reader) -> tuple[str, ...]:
    """Every search that one of them meets, what they have in common, or at least whom they
    represent."""
    by_id = {one.participant_id: one for one in meeting.members}
    found: list[str] = []
    topics: list[str] = []
    for member in meeting.members:
        for code, other, *tags in member.reasons:
            if code == "offer_meets_search" and other in by_id:
                found.append(_met(member, by_id[other], tags, reader))
            elif code == "shared_topic" and tags[0] not in topics:
                topics.append(tags[0])
    if topics:
        shared = reader.ngettext(
            "A subject in common: {topics}.", "Subjects in common: {topics}.", len(topics)
        )
        found.append(shared.format(topics=", ".join(topics)))
    return tuple(found) or _links(meeting, event, reader)


def _met(seeker: Member, giver: Member, tags: list[str], reader: Reader) -> str:
    seek, offer = tags[0], tags[-1]
    names = {
        "seeker": seeker.profile.name,
        "giver": giver.organisation or giver.profile.name,
    }
    if len(tags) > 1:
        near = reader.gettext("{seeker} is looking for “{seek}”: {giver} offers “{offer}”.")
        return near.format(seek=seek, offer=offer, **names)
    article = _ARTICLE_OF.get(folded(seek)) if reader.language == "fr" else None
    if article is None:
        exact = reader.gettext("{seeker} is looking for “{seek}”: {giver} offers it.")
        return exact.format(seek=seek, **names)
    one = "" if article == "des" else f" {article}"
    said = reader.gettext("{seeker} is looking for {seek}: {giver} offers {one}.")
    return said.format(seek=f"{article} {seek}", one=one, **names)


def _links(meeting: Meeting, event: EventFile, reader: Reader) -> tuple[str, ...]:
    labels = (event.kind_label(one.profile.kind, reader.language) for one in meeting.members)
    kinds = list(dict.fromkeys(filter(None, labels)))
    if len(kinds) < 2:
        return ()
    return (reader.gettext("Links of the same chain: {kinds}.").format(kinds=", ".join(kinds)),)
