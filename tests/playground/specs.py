"""Slack's published specifications and recorded samples, in the folder `MAILLON_SPECS`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from .support import Json

ROOT = Path(__file__).parents[2]
SPECS = Path(os.environ.get("MAILLON_SPECS", ROOT / "../shared/specs")) / "slack"


def spec(name: str) -> Any:
    path = SPECS / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing: set MAILLON_SPECS to the specifications")
        pytest.skip(f"NOT CHECKED against Slack's shapes: {path} is missing")
    return json.loads(path.read_text())


# Keys that the samples do not have, or not well, and where they are documented.
DOCUMENTED = {
    "blocks": "the sender's own, and parsed by slack_sdk's models below",
    "app_id": "in messages of apps, as in samples/events/AppMentionPayload.json",
    "event_ts": "required by events-2021.json",
    "response_url": "docs.slack.dev/reference/interaction-payloads/block_actions-payload",
    "response_urls": "docs.slack.dev/reference/interaction-payloads/view-interactions-payload",
    "user_team": "docs.slack.dev/reference/events/message",
}


def differences(ours: Any, sample: Any, where: str = "") -> list[str]:
    """Keys that Slack does not send, and values of another type than Slack's."""
    if ours is None or sample is None:
        return []
    if isinstance(ours, dict) and isinstance(sample, dict):
        found = []
        if sample and all(re.fullmatch(r"C0+\d", key) for key in sample):  # by channel
            sample = dict.fromkeys(ours, next(iter(sample.values())))
        for key, value in ours.items():
            if key in sample and key != "blocks":
                found += differences(value, sample[key], f"{where}/{key}")
            elif sample and key not in DOCUMENTED:  # {} stands for any object
                found.append(f"{where}/{key} is not Slack's")
        return found
    if isinstance(ours, list) and isinstance(sample, list):
        if not sample:
            return []
        every = [differences(each, sample[0], f"{where}[]") for each in ours]
        return sorted({words for found in every for words in found})
    alike = type(ours) is type(sample) or {type(ours), type(sample)} == {int, float}
    return [] if alike else [f"{where} is {type(ours).__name__}, not {type(sample).__name__}"]


def as_schema(node: Any) -> Any:
    """The specification in words that a validator understands.

    It writes alternatives as a list of `items`, and forbids whatever came after 2021.
    """
    if isinstance(node, list):
        return [as_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain_node = {k: as_schema(v) for k, v in node.items() if k != "additionalProperties"}
    if isinstance(plain_node.get("items"), list):
        plain_node["anyOf"] = plain_node.pop("items")
        if plain_node.get("type") == "array":
            plain_node["items"] = {"anyOf": plain_node.pop("anyOf")}
    return plain_node


def without_slips(schema: Json) -> Json:
    """Two requirements that the specification's own examples do not meet."""
    profile = schema["definitions"]["objs_user_profile"]
    profile["required"] = [key for key in profile["required"] if key != "fields"]
    message = schema["properties"].get("message", {}).get("properties", {})
    if message.get("blocks") == {"type": "object"}:  # chat.update's list of blocks
        del message["blocks"]
    return schema
