"""What Slack sends, read at the border: what Maillon needs of it, in the shapes it counts on.

Everything else is left behind, so no listener meets a field of another type than it was written
for. What cannot be read so is refused here, whoever signed it.

The shapes: https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired
from urllib.parse import parse_qsl

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MAX_FIELDS = 50
"""Of a form: a command has fifteen."""
Body = dict[str, Any]


class MalformedError(Exception):
    """Nothing that Slack sends; `why` is a word of ours and holds nothing of what was sent."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _storable(text: str) -> str:
    """PostgreSQL takes every character but this one."""
    return text.replace("\0", "")


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,32}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,200}$")]
"""A trigger, an event: it becomes a key in the database."""
Text = Annotated[str, AfterValidator(_storable)]
Address = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?/[!-~]{0,2000}$"),
]
Object = dict[str, Any]
"""What goes back to Slack as it came."""


class Who(TypedDict):
    id: Id
    team_id: NotRequired[Id | None]


class Place(TypedDict):
    id: Id


class Pressed(TypedDict):
    type: Text
    action_id: Text
    block_id: NotRequired[Text | None]
    value: NotRequired[Text | None]


class Option(TypedDict):
    value: Text


class State(TypedDict):
    type: Text
    value: NotRequired[Text | None]
    selected_option: NotRequired[Option | None]
    selected_options: NotRequired[list[Option] | None]


class States(TypedDict):
    values: dict[Text, dict[Text, State]]


def _with_name(block: Object) -> Object:
    """Beside an input stands what is wrong with it, by its name."""
    if not isinstance(block.get("type"), str):
        raise PydanticCustomError("block", "a block of no type")
    if block["type"] == "input" and not isinstance(block.get("block_id"), str):
        raise PydanticCustomError("block", "an input without a name")
    return block


Blocks = list[Annotated[Object, AfterValidator(_with_name)]]


class Modal(TypedDict):
    type: Literal["modal"]
    id: Id
    hash: Key
    title: Object
    blocks: Blocks
    state: States
    submit: NotRequired[Object | None]
    close: NotRequired[Object | None]
    callback_id: NotRequired[Text | None]
    private_metadata: NotRequired[Text | None]
    app_installed_team_id: NotRequired[Id | None]


class Home(TypedDict):
    type: Literal["home"]
    id: Id
    app_installed_team_id: NotRequired[Id | None]


class Container(TypedDict):
    is_ephemeral: NotRequired[bool | None]


class BlockActions(TypedDict):
    type: Literal["block_actions"]
    user: Who
    team: NotRequired[Who | None]
    trigger_id: Key
    actions: Annotated[list[Pressed], Field(min_length=1)]
    view: NotRequired[Annotated[Modal | Home, Discriminator("type")] | None]
    container: NotRequired[Container]
    response_url: NotRequired[Address]


def _answerable(body: BlockActions) -> BlockActions:
    if not body.get("view") and not (body.get("response_url") and "container" in body):
        raise PydanticCustomError("press", "neither a view nor a message")
    return body


class ViewSubmission(TypedDict):
    type: Literal["view_submission"]
    user: Who
    team: NotRequired[Who | None]
    trigger_id: Key
    view: Modal


class PointedAt(TypedDict):
    ts: Key
    text: NotRequired[Text | None]
    user: NotRequired[Id | None]
    bot_id: NotRequired[Id | None]


class MessageAction(TypedDict):
    type: Literal["message_action"]
    user: Who
    team: NotRequired[Who | None]
    trigger_id: Key
    callback_id: Text
    channel: Place
    message: PointedAt
    response_url: Address


class Command(TypedDict):
    command: Text
    text: NotRequired[Text]
    team_id: Id
    user_id: Id
    channel_name: NotRequired[Text]
    trigger_id: Key
    response_url: Address


class Profile(TypedDict):
    real_name: NotRequired[Text | None]
    email: NotRequired[Text | None]


class User(TypedDict):
    """A member, as Slack describes them."""

    id: Id
    deleted: NotRequired[bool | None]
    is_bot: NotRequired[bool | None]
    name: NotRequired[Text | None]
    real_name: NotRequired[Text | None]
    locale: NotRequired[Text | None]
    profile: NotRequired[Profile | None]


class MemberEvent(TypedDict):
    type: Literal["team_join", "user_change"]
    user: User


class HomeEvent(TypedDict):
    type: Literal["app_home_opened"]
    user: Id
    tab: NotRequired[Text | None]


class MessageEvent(TypedDict):
    type: Literal["message"]
    channel_type: NotRequired[Text | None]
    subtype: NotRequired[Text | None]
    bot_id: NotRequired[Text | None]
    user: NotRequired[Id | None]
    text: NotRequired[Text | None]


class OtherEvent(TypedDict):
    type: Text


_READ_EVENTS = {
    "team_join": "member",
    "user_change": "member",
    "app_home_opened": "home",
    "message": "message",
}


def _kind_of(event: Any) -> str:
    kind = event.get("type") if isinstance(event, dict) else None
    return _READ_EVENTS.get(kind, "other") if isinstance(kind, str) else "other"


class Authorization(TypedDict):
    team_id: NotRequired[Id | None]


class EventCallback(TypedDict):
    type: Literal["event_callback"]
    team_id: Id
    event_id: Key
    authorizations: NotRequired[list[Authorization] | None]
    event: Annotated[
        Annotated[MemberEvent, Tag("member")]
        | Annotated[HomeEvent, Tag("home")]
        | Annotated[MessageEvent, Tag("message")]
        | Annotated[OtherEvent, Tag("other")],
        Discriminator(_kind_of),
    ]


class UrlVerification(TypedDict):
    type: Literal["url_verification"]
    challenge: Text


Interaction = Annotated[
    Annotated[BlockActions, AfterValidator(_answerable)] | ViewSubmission | MessageAction,
    Field(discriminator="type"),
]
Event = Annotated[EventCallback | UrlVerification, Field(discriminator="type")]
_EVENT: TypeAdapter[Any] = TypeAdapter(Event)
_INTERACTION: TypeAdapter[Any] = TypeAdapter(Interaction)
_COMMAND: TypeAdapter[Any] = TypeAdapter(Command)


def of_request(body: bytes, content_type: str) -> Body:
    """What came over HTTP: an event as JSON, a press or a form as JSON in a field, a command.

    `MalformedError` for all else.
    """
    if content_type == JSON:
        return _read(lambda: _EVENT.validate_json(body))
    if content_type != FORM:
        raise MalformedError("content_type")
    try:
        text = body.decode()
        fields = dict(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        )
    except ValueError as error:  # no UTF-8, or too many
        raise MalformedError("form") from error
    if "payload" in fields:
        return _read(lambda: _INTERACTION.validate_json(fields["payload"]))
    return _read(lambda: _COMMAND.validate_python(fields))


def of_envelope(kind: str, payload: Mapping[str, Any]) -> Body:
    """What came over Socket Mode in an envelope of `kind`; `MalformedError` for all else."""
    adapter = {"events_api": _EVENT, "interactive": _INTERACTION, "slash_commands": _COMMAND}
    if kind not in adapter:
        raise MalformedError("envelope")
    return _read(lambda: adapter[kind].validate_python(payload))


def _read(validate: Any) -> Body:
    try:
        body: Body = validate()
    except ValidationError as error:
        raise MalformedError(error.errors(include_input=False)[0]["type"]) from None
    return body
