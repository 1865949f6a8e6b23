"""The tags of a made-up congress: a service, a topic, in French or in English; 672 of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

SERVICES = (
    ("capacité de production", "production capacity"),
    ("contrôle qualité", "quality control"),
    ("montée en échelle", "scale-up"),
    ("partenariat industriel", "industrial partnership"),
    ("postes à pourvoir", "open positions"),
    ("technologie de rupture", "breakthrough technology"),
    ("logiciel de données", "data software"),
    ("preuve de concept", "proof of concept"),
    ("thérapie en développement", "therapy in development"),
    ("plateforme de vecteurs", "vector platform"),
    ("équipement à usage unique", "single-use equipment"),
    ("prestations de qualification", "qualification services"),
    ("sous-traitance analytique", "contract analytics"),
    ("capteurs en ligne", "in-line sensors"),
    ("logistique du froid", "cold logistics"),
    ("plateau technique", "technical platform"),
    ("recherche partenariale", "collaborative research"),
    ("brevets à licencier", "patents to license"),
    ("expertise scientifique", "scientific expertise"),
    ("doctorants", "PhD students"),
    ("apprentis", "apprentices"),
    ("certification BPF", "GMP certification"),
    ("école-usine", "training plant"),
    ("financement d'amorçage", "seed funding"),
    ("réseau d'industriels", "industry network"),
    ("lecture réglementaire", "regulatory review"),
    ("expérience des patients", "experience of patients"),
    ("réseau de patients", "patient network"),
)
TOPICS = (
    ("chaîne du froid", "cold chain"),
    ("expérience patient", "patient experience"),
    ("traçabilité", "traceability"),
    ("intelligence artificielle", "artificial intelligence"),
    ("biosimilaires", "biosimilars"),
    ("libération des lots", "batch release"),
    ("contrôle qualité", "quality control"),
    ("jumeau numérique", "digital twin"),
    ("procédés amont", "upstream processing"),
    ("formation", "training"),
    ("PAT et capteurs", "PAT and sensors"),
    ("vecteurs viraux", "viral vectors"),
    ("accès précoce", "early access"),
    ("thérapies cellulaires", "cell therapies"),
    ("CAR-T", "CAR-T"),
    ("remplissage aseptique", "aseptic filling"),
    ("financement", "funding"),
    ("anticorps monoclonaux", "monoclonal antibodies"),
    ("affaires réglementaires", "regulatory affairs"),
    ("usage unique", "single-use"),
    ("essais cliniques", "clinical trials"),
    ("purification", "purification"),
    ("vaccins", "vaccines"),
    ("montée en échelle", "scale-up"),
)
FRENCH, ENGLISH = 0, 1
_BETWEEN = ("\u00a0: ", ": ")


def tag(service: int, topic: int, language: int) -> str:
    return SERVICES[service][language] + _BETWEEN[language] + TOPICS[topic][language]


@cache
def _services() -> Mapping[str, int]:
    return {
        tag(service, topic, language): service
        for service in range(len(SERVICES))
        for topic in range(len(TOPICS))
        for language in (FRENCH, ENGLISH)
    }


def service_of(written: str) -> int | None:
    """What a tag offers or asks for, whichever its language and topic."""
    return _services().get(written)


@dataclass(frozen=True)
class World:
    """What people of one kind offer and seek."""

    share: int
    """Of 240."""
    offers: Sequence[int]
    seeks: Sequence[int]


def _world(share: int, offers: str, seeks: str) -> World:
    numbers = {french: number for number, (french, _) in enumerate(SERVICES)}
    named = [[numbers[name] for name in names.split("; ")] for names in (offers, seeks)]
    return World(share, *named)


WORLDS = {
    "industrial": _world(
        84,
        "contrôle qualité; montée en échelle; partenariat industriel; postes à pourvoir; "
        "capacité de production",
        "recherche partenariale; apprentis; expérience des patients; technologie de rupture; "
        "capteurs en ligne; logiciel de données; capacité de production",
    ),
    "sme": _world(
        36,
        "équipement à usage unique; prestations de qualification; sous-traitance analytique; "
        "capteurs en ligne; logistique du froid",
        "financement d'amorçage; expertise scientifique; partenariat industriel; apprentis",
    ),
    "startup": _world(
        34,
        "technologie de rupture; logiciel de données; preuve de concept; plateforme de vecteurs; "
        "thérapie en développement",
        "financement d'amorçage; plateau technique; réseau d'industriels; lecture réglementaire; "
        "capacité de production",
    ),
    "academic": _world(
        34,
        "plateau technique; recherche partenariale; brevets à licencier; expertise scientifique; "
        "doctorants",
        "thérapie en développement; financement d'amorçage; réseau de patients; "
        "partenariat industriel",
    ),
    "student": _world(
        14,
        "apprentis; doctorants; expertise scientifique",
        "postes à pourvoir; école-usine; doctorants",
    ),
    "training": _world(
        12,
        "apprentis; certification BPF; école-usine",
        "partenariat industriel; équipement à usage unique; postes à pourvoir",
    ),
    "investor": _world(
        12,
        "financement d'amorçage; réseau d'industriels; partenariat industriel",
        "technologie de rupture; preuve de concept; thérapie en développement",
    ),
    "health_authority": _world(
        7,
        "lecture réglementaire; expertise scientifique; certification BPF",
        "technologie de rupture; expérience des patients; contrôle qualité",
    ),
    "patient_association": _world(
        7,
        "expérience des patients; réseau de patients; recherche partenariale",
        "lecture réglementaire; thérapie en développement; recherche partenariale",
    ),
}
"""The kinds of the sample congress, in about its mix, with what its people say."""
