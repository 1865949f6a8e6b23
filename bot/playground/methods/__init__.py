"""The Web API methods by name; apps.connections.open belongs to the app token, see `api`."""

from bot.playground.methods import chat, conversations, people, views

METHODS = {**chat.METHODS, **conversations.METHODS, **people.METHODS, **views.METHODS}
