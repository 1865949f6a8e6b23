"""Files: announced, sent, completed; shown to who is in the conversation, and to nobody else."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from .support import World, refused

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def test_the_sdk_uploads_in_three_steps(shared: World, room: World) -> None:
    done = room.client().files_upload_v2(
        content=CALENDAR, filename="agenda.ics", title="Mon programme",
        channel=room.general.id, initial_comment="Voici",
    )  # fmt: skip
    file = done["file"]
    assert (file["name"], file["title"], file["size"]) == (
        "agenda.ics", "Mon programme", len(CALENDAR),
    )  # fmt: skip
    assert (file["mimetype"], file["channels"]) == ("text/calendar", [room.general.id])
    [share] = file["shares"]["public"][room.general.id]
    message = room.message(share["ts"])
    assert message.text == "Voici"
    assert [one.content for one in message.files] == [CALENDAR]
    history = room.client().conversations_history(channel=room.general.id)
    assert [one["id"] for one in history["messages"][0]["files"]] == [file["id"]]
    room.client().files_delete(file=file["id"])
    assert message.files == []


def test_for_one_person_alone(room: World) -> None:
    """Their id stands for the conversation with them."""
    done = room.client().files_upload_v2(
        content=CALENDAR, filename="agenda.ics", channel=room.alice.id
    )
    talk, _ = room.playground.workspace.direct([room.bot.id, room.alice.id])
    assert (done["file"]["ims"], done["file"]["is_public"]) == ([talk.id], False)


def test_no_message_before_everything_is_there(room: World) -> None:
    client, where = room.client(), room.general.id
    announced = client.files_getUploadURLExternal(filename="a.ics", length=len(CALENDAR))
    given = [{"id": announced["file_id"]}]
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=given, channel_id=where)
    with pytest.raises(HTTPError, match="400"):
        urlopen(Request(announced["upload_url"], CALENDAR[:-1]), timeout=10)
    urlopen(Request(announced["upload_url"], CALENDAR), timeout=10)
    for channel, code in (("C0", "invalid_channel"), (where, "thread_not_found")):
        with refused(code):
            client.files_completeUploadExternal(files=given, channel_id=channel, thread_ts="1.2")
    assert room.said() == []
    client.files_completeUploadExternal(files=given, channel_id=where)
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=given, channel_id=where)
    assert room.said() == [""]
