"""Where people reach Maillon's pages."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import MaillonError
from bot.core.i18n import N_


class NoPublicAddressError(MaillonError):
    msgid = N_(
        "Pages cannot be opened yet: MAILLON_PUBLIC_URL does not say at which address browsers "
        "reach Maillon. The organisers can set it."
    )


@dataclass
class PublicAddress:
    """Told by MAILLON_PUBLIC_URL; a rehearsal learns its own once it listens, so it is set late."""

    url: str | None = None

    def link(self, path: str) -> str:
        if self.url is None:
            raise NoPublicAddressError
        return f"{self.url}{path}"

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS, so that a cookie never has to travel in the clear."""
        return (self.url or "").startswith("https://")
