"""What the page itself says, in French; the English words are their own keys."""

from __future__ import annotations

from collections.abc import Callable

LANGUAGES = ("fr", "en")

FRENCH = {
    # The frame
    "Trial workspace": "Espace d'essai",
    "Skip to the messages": "Aller aux messages",
    "Connection lost. The page comes back by itself.": (
        "Connexion perdue. La page revient d'elle-même."
    ),
    "Add a session to your programme, type /maillon, then move on with Next moment.": (
        "Ajoutez une session à votre programme, écrivez /maillon, puis avancez avec Moment suivant."
    ),
    "Got it": "J'ai compris",
    "Nobody is here yet.": "Il n'y a encore personne ici.",
    "Add a person to begin.": "Ajoutez une personne pour commencer.",
    # The clock
    "Clock of the event": "Horloge du congrès",
    "Pause": "Pause",
    "Play": "Lecture",
    "Clock and settings": "Horloge et réglages",
    "Speed": "Vitesse",
    "on the way to {moment}": "en route vers {moment}",
    "The days of the event": "Les jours du congrès",
    "The clock does not go back.": "L'horloge ne revient pas en arrière.",
    "Dark theme": "Thème sombre",
    "Next moment": "Moment suivant",
    "next: {moment}": "à suivre : {moment}",
    "Nothing is planned yet.": "Rien n'est encore prévu.",
    "Nothing else is planned.": "Rien d'autre n'est prévu.",
    # Several at once
    "Side by side": "Côte à côte",
    "One person": "Une seule personne",
    "Skip to the panes": "Aller aux volets",
    "Participant": "Participation",
    "Host": "Animation",
    "Organiser": "Équipe d'organisation",
    "Person or room": "Personne ou salle",
    "Add a person or a room": "Ajouter une personne ou une salle",
    "One more": "Encore un volet",
    "What {name} sees": "Ce que voit {name}",
    "The room's screen": "L'écran de la salle",
    "The page at the door, without an account": "La page à l'entrée, sans compte",
    "Close {name}": "Fermer {name}",
    "Simulated crowd": "Public simulé",
    "{count} gestures": "{count} gestes",
    # People
    "You are": "Vous êtes",
    "Change person": "Changer de personne",
    "Name or e-mail": "Nom ou adresse e-mail",
    "New person": "Nouvelle personne",
    "Name": "Nom",
    "E-mail": "Adresse e-mail",
    "Language": "Langue",
    "Come in": "Entrer",
    "A name and an e-mail address are needed.": "Il faut un nom et une adresse e-mail.",
    "This address is not valid.": "Cette adresse n'est pas valable.",
    "This address already belongs to {name}.": "Cette adresse appartient déjà à {name}.",
    "Nobody of that name.": "Personne de ce nom.",
    # Conversations
    "Channels": "Canaux",
    "Other channels": "Autres canaux",
    "Direct messages": "Messages directs",
    "Conversations": "Conversations",
    "private": "privé",
    "Unread: {count}": "Non lus : {count}",
    "Join this channel": "Rejoindre ce canal",
    "You are reading a channel without being a member.": (
        "Vous lisez ce canal sans en faire partie."
    ),
    "App": "Appli",
    "Home": "Accueil",
    "Messages": "Messages",
    "There is nothing here yet.": "Il n'y a rien ici pour l'instant.",
    "Older messages": "Messages plus anciens",
    "{count} people": "{count} personnes",
    # Messages
    "Download": "Télécharger",
    "{count} kB": "{count} ko",
    "edited": "modifié",
    "Only visible to you": "Visible par vous seulement",
    "{name} joined the channel": "{name} a rejoint le canal",
    "{count} reply": "{count} réponse",
    "{count} replies": "{count} réponses",
    "Reply": "Répondre",
    "Reply in thread": "Répondre dans le fil",
    "Thread": "Fil",
    "Close": "Fermer",
    "Send": "Envoyer",
    "Message to {name}": "Message à {name}",
    "Choose": "Choisir",
    "More actions": "Plus d'actions",
    "Image: {words}": "Image : {words}",
    "optional": "facultatif",
    "private channel": "canal privé",
    "somebody": "quelqu'un",
    "This element is not shown here.": "Cet élément n'est pas affiché ici.",
    # What went wrong
    "Maillon did not answer in time. Is it running?": (
        "Maillon n'a pas répondu à temps. Est-il bien démarré ?"
    ),
    "There is no command {command} here.": "La commande {command} n'existe pas ici.",
    "This is no longer there.": "Ce n'est plus disponible.",
    "Commands do not work in threads.": "Les commandes ne fonctionnent pas dans un fil.",
    "Please complete this required field.": "Ce champ est obligatoire.",
    "We had some trouble connecting. Try again?": (
        "L'envoi n'a pas abouti. Vous pouvez essayer de nouveau."
    ),
    "The answer was refused ({code}).": "La réponse a été refusée ({code}).",
}


def words(language: str) -> Callable[[str], str]:
    """The words of the page in that language. What is not its own is left as it is."""
    return (lambda text: FRENCH.get(text, text)) if language == "fr" else (lambda text: text)
