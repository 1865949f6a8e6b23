"""What files call things: from their keys and column heads to the words of `schedule.json`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORDS = {
    "title": "title titre intitule sessiontitle talktitle sessionname eventtitle eventname subject "
    "objet sujet name nom label session talk activity activite event evenement summary",
    "date": "date day jour sessiondate eventdate startdate datededebut datedebut",
    "start": "start debut begin begins starts startsat startat starttime startdatetime begintime "
    "startutc starton scheduledat scheduledstart dtstart heurededebut heuredebut from de time "
    "heure horaire horaires timestart slot creneau",
    "end": "end fin ends endsat endat endtime enddatetime finish finishtime dtend heuredefin "
    "heurefin to until a jusqua endutc timeend stop",
    "end_date": "enddate datedefin datefin",
    "duration": "duration duree length minutes durationmin durationminutes dureemin "
    "dureeenminutes lengthinminutes lengthminutes",
    "room": "room salle roomname nomdelasalle location lieu venue hall stage scene locationname "
    "auditorium place where ou espace rooms salles",
    "track": "track tracks thematique theme parcours trackname tracktitle stream topic topics",
    "type": "type kind format sessiontype typedesession sessionformat submissiontype eventtype "
    "category categorie categories genre nature",
    "language": "language langue lang locale contentlocale",
    "persons": "persons speakers speaker person personnes speakernames intervenants intervenant "
    "intervenante intervenantes orateurs orateur conferenciers conferencier presenters presenter "
    "presentedby panelists avec attendee authors",
    "abstract": "abstract resume description desc details shortdescription longdescription "
    "content contenu body presentation summary",
    "url": "url link lien permalink publicurl web website page",
    "guid": "guid uid uuid",
    "code": "code ref reference",
    "id": "id identifiant sessionid talkid eventid numero no num slug key",
}
_SPEAKER_WORDS = {
    "name": "publicname name fullname displayname nom nomcomplet speakername fullpublicname",
    "first": "firstname prenom givenname",
    "last": "lastname familyname surname",
    "email": "email mail courriel emailaddress adresse",
    "organization": "organization organisation affiliation company institution entreprise societe "
    "companyname employer etablissement",
    "biography": "biography bio",
    "guid": "guid code uid id",
}
_TAIL = re.compile(r"[(\[].*[)\]]\s*$")
_LETTERS = re.compile(r"[\W_]+")
_UNITS = ("min", "mn", "minutes")


def plain(key: object) -> str:
    """ "Heure de début" → heurededebut, "startsAt" → startsat, "Duration (min)" → duration."""
    text = _TAIL.sub("", str(key)) or str(key)
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _LETTERS.sub("", "".join(one for one in letters if not unicodedata.combining(one)))


def _told(record: Mapping[str, object], words: Mapping[str, str]) -> dict[str, object]:
    """The first word of each list that the record says something under."""
    by_name: dict[str, object] = {}
    for key, value in record.items():
        if value not in (None, "", [], {}):
            by_name.setdefault(plain(key), value)
    told: dict[str, object] = {}
    taken: set[str] = set()
    for field, names in words.items():
        for name in names.split():
            if name in by_name and name not in taken:
                told[field] = by_name[name]
                taken.add(name)
                break
    return told


def session_words(record: Mapping[str, object]) -> dict[str, object]:
    return _told(record, _WORDS)


def speaker_words(record: Mapping[str, object]) -> dict[str, object]:
    told = _told(record, _SPEAKER_WORDS)
    parts = [str(told.pop(key)) for key in ("first", "last") if key in told]
    if len(parts) == 2 or (parts and "name" not in told):
        told["name"] = " ".join(parts)
    return told


def is_named(key: object, field: str) -> bool:
    return plain(key) in _WORDS[field].split()
