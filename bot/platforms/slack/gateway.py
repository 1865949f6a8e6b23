"""One attempt at a time on Slack's Web API, each with what is known of its outcome."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.address import PublicAddress
from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.delivery.gateway import (
    Address,
    DeliveryError,
    NotSentError,
    Posted,
    RefusedError,
    ThrottledError,
)
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.render import Rendered, render

log = structlog.get_logger(__name__)

METADATA_TYPE = "maillon_delivery"
CLOCK_SKEW_S = 60.0
"""How far the database's clock and Slack's may be apart."""
_GONE = ("message_not_found", "channel_not_found")
HISTORY_PAGE = 100
HISTORY_PAGES = 10


@dataclass
class _Look:
    """A conversation that is being read back, page by page from its newest message."""

    since: float
    wanted: frozenset[str]
    cursor: str = ""
    seen: dict[str, Posted] = field(default_factory=dict)


class SlackGateway:
    """`client` must not retry by itself: a retry after a lost answer posts twice."""

    def __init__(
        self, client: AsyncWebClient, channels: Channels, address: PublicAddress | None = None
    ) -> None:
        self._client, self._channels = client, channels
        self._address = address or PublicAddress()
        self._looks: dict[str, _Look] = {}

    async def post(
        self, to: Address, card: Card, reader: Reader, event_id: str, delivery_id: str
    ) -> Posted:
        try:
            return await self._post(to, card, reader, event_id, delivery_id)
        except RefusedError as error:
            # Slack refuses the whole message where it cannot fetch a picture; its words remain.
            if card.picture is None or str(error) != "invalid_blocks":
                raise
            log.warning("slack.picture_refused")
            wordy = replace(card, picture=None)
            return await self._post(to, wordy, reader, event_id, delivery_id)

    async def _post(
        self, to: Address, card: Card, reader: Reader, event_id: str, delivery_id: str
    ) -> Posted:
        rendered = _rendered(card, event_id, reader, self._pages)
        # A person's id stands for the conversation with them; a group's has to be asked for.
        conversation = to.user_id or await self._conversation(to)
        try:
            answer = await attempt(
                self._client.chat_postMessage(
                    channel=conversation,
                    text=rendered.text,
                    blocks=rendered.blocks,
                    metadata={
                        "event_type": METADATA_TYPE,
                        "event_payload": {"id": delivery_id},
                    },
                    unfurl_links=False,
                    unfurl_media=False,
                    link_names=False,
                    mrkdwn=False,
                )
            )
        except RefusedError as error:
            if to.channel:
                self._channels.forget(to.channel)
                if str(error) == "not_in_channel":  # removed meanwhile: join and try once more
                    raise NotSentError("not_in_channel") from error
            raise
        return Posted(str(answer["channel"]), str(answer["ts"]))

    @property
    def _pages(self) -> str | None:
        """Where Slack fetches pictures: from the internet only, so not from a rehearsal."""
        return self._address.url if self._address.secure else None

    async def edit(self, posted: Posted, card: Card, reader: Reader, event_id: str) -> None:
        rendered = _rendered(card, event_id, reader, self._pages)
        await attempt(
            self._client.chat_update(
                channel=posted.channel, ts=posted.ts, text=rendered.text, blocks=rendered.blocks
            )
        )

    async def delete(self, posted: Posted) -> None:
        try:
            await attempt(self._client.chat_delete(channel=posted.channel, ts=posted.ts))
        except RefusedError as error:
            if str(error) not in _GONE:
                raise

    async def find(
        self, to: Address, delivery_ids: Collection[str], since: float
    ) -> Mapping[str, Posted]:
        """Reads the conversation back; the delivery's id stands in each post's metadata.

        An app may be allowed one page of 15 messages a minute, so a look that has to stop is
        continued by the next one where it stood. Each look that ends has seen everything that
        was said between `since` and its own beginning.
        """
        conversation = await self._conversation(to)
        look = self._looks.pop(conversation, None)
        if look is None or look.since > since or not look.wanted.issuperset(delivery_ids):
            # One that began before another post was in doubt would not have seen it.
            look = _Look(since, frozenset(delivery_ids))
        try:
            for _ in range(HISTORY_PAGES):
                await self._read(conversation, look)
                if not look.cursor or look.seen.keys() >= set(delivery_ids):
                    return look.seen
            raise NotSentError("the conversation is longer than one look")
        except DeliveryError:
            self._looks[conversation] = look
            raise

    async def _read(self, conversation: str, look: _Look) -> None:
        page = await attempt(
            self._client.conversations_history(
                channel=conversation,
                oldest=f"{look.since - CLOCK_SKEW_S:.6f}",
                include_all_metadata=True,
                limit=HISTORY_PAGE,
                cursor=look.cursor,
            )
        )
        for message in page["messages"]:
            metadata = message.get("metadata") or {}
            delivery_id = (metadata.get("event_payload") or {}).get("id")
            if metadata.get("event_type") == METADATA_TYPE and delivery_id in look.wanted:
                look.seen[delivery_id] = Posted(conversation, message["ts"])
        look.cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""

    async def _conversation(self, to: Address) -> str:
        """The same people have the same one, whoever asks and however often."""
        people = [to.user_id] if to.user_id else list(to.user_ids)
        if not people:
            return await self._channels.id_of(to.channel or "")
        try:
            opened = await attempt(self._client.conversations_open(users=people))
        except RefusedError:
            raise
        except ThrottledError as error:
            raise ThrottledError(error.retry_after, opening=True) from error
        except DeliveryError as error:  # whatever became of it, nothing was said
            raise NotSentError(str(error)) from error
        return str(opened["channel"]["id"])


def _rendered(card: Card, event_id: str, reader: Reader, pages: str | None) -> Rendered:
    """A card that cannot be drawn was not sent either."""
    try:
        return render(card, event_id, reader, pages)
    except Exception as error:
        log.exception("slack.not_rendered")
        raise NotSentError(f"not rendered: {type(error).__name__}") from error
