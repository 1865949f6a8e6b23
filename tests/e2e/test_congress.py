"""The whole sample congress on the simulated clock: every message, word for word."""

from __future__ import annotations

import asyncio

from tests.support.congress import Congress, at, congress, said

THURSDAY = [
    # What begins the day is told in the morning: no post of its own follows.
    ("12 07:45", "programme", "Le programme du jour · jeudi 12 décembre · À 8 h 30 · Accueil café et premières rencontres, Village de l'innovation"),
    ("12 08:45", "programme", "À 9 h 00 · Ouverture : gagner la première marche en thérapies innovantes, Auditorium Descartes"),
    ("12 09:15", "programme", "À 9 h 30 · Table ronde : l'innovation de rupture en bioproduction, Auditorium Descartes"),
    ("12 10:15", "village-innovation", "À 10 h 30 · Pause et rencontres au village, Village de l'innovation"),
    ("12 10:45", "programme", "À 11 h 00 · Allogeneic cell therapy: from bench to a repeatable batch, Auditorium Descartes, en anglais ; Atelier : premiers pas vers un jumeau numérique de bioréacteur, Salle Balzac, 20 places ; Atelier : réduire les pertes au remplissage aseptique, Salle Rabelais, 24 places"),
    ("12 11:30", "programme", "À 11 h 45 · Pitchs start-up : thérapies cellulaires et géniques, Auditorium Descartes"),
    ("12 12:15", "village-innovation", "À 12 h 30 · Déjeuner et rencontres, Village de l'innovation"),
    ("12 13:45", "programme", "À 14 h 00 · Table ronde : la parole aux associations de patients, Auditorium Descartes ; Table ronde : de la poche d'aphérèse au lit du patient, Salle Rabelais"),
    ("12 14:45", "programme", "À 15 h 00 · Ce que la bioproduction peut apprendre d'un champion de la donnée, Auditorium Descartes"),
    ("12 15:30", "village-innovation", "À 15 h 45 · Pause et rencontres des pôles et clusters, Village de l'innovation"),
    ("12 16:00", "programme", "À 16 h 15 · Workshop: in-line analytics for downstream processing, Salle Balzac, en anglais, 20 places ; Présentations d'entreprises innovantes, Salle Rabelais"),
    # 16:05, the second programme: the presentations move by half an hour.
    ("12 16:05", "programme", "Un changement au programme · Présentations d'entreprises innovantes, Déplacée à 16 h 45 (au lieu de 16 h 15)"),
    ("12 16:30", "programme", "À 16 h 45 · Présentations d'entreprises innovantes, Salle Rabelais"),
    ("12 17:00", "programme", "À 17 h 15 · Accès précoce : où en sont les autorités de santé ?, Auditorium Descartes"),
    ("12 17:45", "village-innovation", "À 18 h 00 · Soirée réseau, Village de l'innovation"),
]  # fmt: skip
FRIDAY = [
    ("13 07:45", "programme", "Le programme du jour · vendredi 13 décembre · À 8 h 30 · Café et rencontres, Village de l'innovation"),
    ("13 08:45", "programme", "À 9 h 00 · Table ronde : la médecine personnalisée à l'épreuve de la production, Auditorium Descartes ; Atelier : qualifier un transport à -150 °C, Salle Rabelais, 16 places"),
    # 08:50, the third programme: the workshop is cancelled.
    ("13 08:50", "programme", "Un changement au programme · Atelier : qualifier un transport à -150 °C, Annulée"),
    ("13 09:45", "programme", "À 10 h 00 · Table ronde : données, blockchain et IA, promesses tenues ?, Auditorium Descartes"),
    ("13 10:30", "village-innovation", "À 10 h 45 · Pause et rencontres, Village de l'innovation"),
    ("13 11:00", "programme", "À 11 h 15 · Pitchs start-up : outils et données pour produire, Auditorium Descartes ; Atelier : écrire un protocole avec les patients, Salle Balzac, 30 places"),
    ("13 11:45", "village-innovation", "À 12 h 00 · Déjeuner et rencontres, Village de l'innovation"),
    ("13 13:15", "programme", "À 13 h 30 · Table ronde : former les bioproducteurs de demain, Auditorium Descartes ; Innovative companies on stage, Salle Rabelais, en anglais"),
    ("13 14:15", "programme", "À 14 h 30 · Table ronde : financer le passage à l'échelle, Auditorium Descartes ; Atelier ajouté : répondre à un appel à projets, Salle Balzac"),
    ("13 15:00", "programme", "À 15 h 15 · Clôture : les opportunités nées de ces deux jours, Auditorium Descartes"),
]  # fmt: skip
POSTS_AT_MOST = 26
"""The message budget of the sample congress, both days, all channels."""


def test_every_message_of_the_two_days(sqlite_url: str) -> None:
    asyncio.run(_two_days(sqlite_url))


async def _two_days(database_url: str) -> None:
    async with congress(database_url, at("07:30")) as one:
        await one.until(at("16:05"))
        await one.import_programme("schedule-v2.json")
        await one.until(at("23:59"))
        assert one.told() == THURSDAY
        await one.until(at("08:50", day=13))
        await one.import_programme("schedule-v3.json")
        await one.until(at("20:00", day=13))
        assert one.told(since=len(THURSDAY)) == FRIDAY
        assert len(one.told()) <= POSTS_AT_MOST
        _assert_last_states(one)


def _assert_last_states(one: Congress) -> None:
    """Edits, not second messages: under way, moved, cancelled."""
    posts = [said(post) for post in one.posts("programme")]
    assert posts[3] == (
        "En cours\n"
        "*Allogeneic cell therapy: from bench to a repeatable batch*\n"
        "Conférence plénière · Auditorium Descartes · en anglais · jusqu'à 11 h 45\n"
        "Interprétation simultanée\n"
        "Avec Cécile De Oliveira (ReyCell)\n"
        "[Ajouter à mon programme] [Poser une question]\n"
        "*Atelier : premiers pas vers un jumeau numérique de bioréacteur*\n"
        "Atelier · Salle Balzac · en français · 20 places · jusqu'à 11 h 45\n"
        "Avec Océane Pineau (Université de Sainte Adèle), Marcelle Dumont (Ateliers Buisson)\n"
        "[Ajouter à mon programme] [Poser une question]\n"
        "*Atelier : réduire les pertes au remplissage aseptique*\n"
        "Atelier · Salle Rabelais · en français · 24 places · jusqu'à 11 h 45\n"
        "Avec Sophie Weber (Ateliers Hamel), Chantal Maillard (École Michaud)\n"
        "[Ajouter à mon programme] [Poser une question]"
    )
    moved, told_again = posts[7], posts[9]
    assert "*Présentations d'entreprises innovantes*\nDéplacée à 16 h 45\n" in moved
    assert told_again.startswith("En cours\n*Présentations d'entreprises innovantes*\n")
    cancelled = next(post for post in posts if "-150 °C" in post)
    assert "*Atelier : qualifier un transport à -150 °C*\nAnnulée\n" in cancelled
    assert cancelled.startswith("En cours\n")
    stays = ("En cours\n", "Un changement", "Le programme du jour")
    assert all(post.startswith(stays) for post in posts)
    morning = next(post for post in posts if post.startswith("Le programme du jour · vendredi"))
    assert morning == (
        "Le programme du jour · vendredi 13 décembre\n"
        "*À 8 h 30*\n"
        "Café et rencontres · Échanges · Village de l'innovation · en français\n"
        "9 h 00 · Table ronde : la médecine personnalisée à l'épreuve de la production\n"
        "10 h 00 · Table ronde : données, blockchain et IA, promesses tenues ?\n"
        "10 h 45 · Pause et rencontres\n"
        "11 h 15 · Pitchs start-up : outils et données pour produire ; "
        "Atelier : écrire un protocole avec les patients\n"
        "12 h 00 · Déjeuner et rencontres\n"
        "13 h 30 · Table ronde : former les bioproducteurs de demain ; "
        "Innovative companies on stage\n"
        "14 h 30 · Table ronde : financer le passage à l'échelle ; "
        "Atelier ajouté : répondre à un appel à projets\n"
        "15 h 15 · Clôture : les opportunités nées de ces deux jours\n"
        "*Un changement au programme*\n"
        "Atelier ajouté : répondre à un appel à projets · Ajoutée au programme\n"
        "[Programme] [Mon programme] [Infos pratiques]"
    )
