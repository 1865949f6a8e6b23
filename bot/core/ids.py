"""Identifiers of everything that is stored: random, opaque, URL-safe, twelve characters.

Random rather than sequential, so that an id tells nothing (neither how many nor in what
order) and rows made by several processes never meet. Twelve base64 characters are 72 bits:
with a million rows in one event, two are equal with a chance of about one in 10⁹.
"""

import secrets

ID_LENGTH = 12


def new_id() -> str:
    return secrets.token_urlsafe(9)
