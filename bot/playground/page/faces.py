"""The list of everybody whom one may become.

Of all that a page shows it is the longest and changes least, and the page is drawn at every change:
what it says of a person is put together once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

from bot.playground.page.place import Place
from bot.playground.page.scene import initials, tone
from bot.playground.workspace import User

_FACE = Markup(
    '<span class="avatar tone-{}" aria-hidden="true">{}</span><span>{} <small>{}</small></span>'
)
_ENTRY = Markup('<li data-words="{}"><a href="{}"{}>{}</a></li>')
_NOW = Markup(' aria-current="true"')


def faces(people: Sequence[User], place: Place, me: User) -> Markup:
    before, after = place.url(person="ID", thread="").split("as=ID", 1)
    entries = (
        _ENTRY.format(
            f"{user.real_name} {user.email}",
            f"{before}as={user.id}{after}",
            _NOW if user.id == me.id else "",
            _face(user.id, user.real_name, user.email),
        )
        for user in people
    )
    return Markup("\n").join(entries)


@lru_cache(maxsize=4_096)
def _face(user_id: str, name: str, email: str) -> Markup:
    return _FACE.format(tone(user_id), initials(name), name, email)
