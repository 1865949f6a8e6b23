"""The Web API methods by name; apps.connections.open belongs to the app token, see `api`."""

from bot.playground.methods import chat, conversations, files, groups, people, views

METHODS = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **groups.METHODS,
    **people.METHODS,
    **views.METHODS,
}
