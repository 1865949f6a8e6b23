"""The Web API methods by name; apps.connections.open belongs to the app token, see `api`."""

from bot.playground.methods import chat, conversations, files, people, views

METHODS = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}
