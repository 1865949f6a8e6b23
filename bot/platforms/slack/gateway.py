"""One attempt at a time on Slack's Web API, each with what is known of its outcome."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.delivery.gateway import Address, NotSentError, Posted, RefusedError
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.render import render

METADATA_TYPE = "maillon_delivery"
CLOCK_SKEW_S = 60.0
"""How far the database's clock and Slack's may be apart."""
HISTORY_PAGE = 100
HISTORY_PAGES = 10


class SlackGateway:
    """`client` must not retry by itself: a retry after a lost answer posts twice."""

    def __init__(self, client: AsyncWebClient, channels: Channels) -> None:
        self._client, self._channels = client, channels

    async def post(
        self, to: Address, card: Card, reader: Reader, event_id: str, delivery_id: str
    ) -> Posted:
        rendered = render(card, event_id, reader)
        conversation = to.user_id or await self._channels.id_of(to.channel or "")
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

    async def edit(self, posted: Posted, card: Card, reader: Reader, event_id: str) -> None:
        rendered = render(card, event_id, reader)
        await attempt(
            self._client.chat_update(
                channel=posted.channel, ts=posted.ts, text=rendered.text, blocks=rendered.blocks
            )
        )

    async def find(
        self, to: Address, delivery_ids: Collection[str], since: float
    ) -> Mapping[str, Posted]:
        """Reads the conversation back; the delivery's id stands in each post's metadata."""
        conversation = await self._conversation(to)
        wanted, found = set(delivery_ids), {}
        cursor = ""
        for _ in range(HISTORY_PAGES):
            page = await attempt(
                self._client.conversations_history(
                    channel=conversation,
                    oldest=f"{since - CLOCK_SKEW_S:.6f}",
                    include_all_metadata=True,
                    limit=HISTORY_PAGE,
                    cursor=cursor,
                )
            )
            for message in page["messages"]:
                metadata = message.get("metadata") or {}
                delivery_id = (metadata.get("event_payload") or {}).get("id")
                if metadata.get("event_type") == METADATA_TYPE and delivery_id in wanted:
                    found[delivery_id] = Posted(conversation, message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor or len(found) == len(wanted):
                return found
        # More was said since than can be read: absence is not shown, so it must not count.
        raise NotSentError("the conversation is too long to be read back")

    async def _conversation(self, to: Address) -> str:
        if to.user_id is None:
            return await self._channels.id_of(to.channel or "")
        opened = await attempt(self._client.conversations_open(users=to.user_id))
        return str(opened["channel"]["id"])
