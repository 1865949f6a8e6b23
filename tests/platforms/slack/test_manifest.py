"""manifest.yaml, the constants that `doctor` compares with, and Slack's own schema agree."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.platforms.slack.manifest import (
    BOT_EVENTS,
    BOT_SCOPES,
    COMMANDS,
    MESSAGE_SHORTCUTS,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))


def test_scopes_are_those_that_doctor_asks_for(manifest: Any) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert scopes == {"bot": sorted(BOT_SCOPES)}


def test_events_are_those_that_are_listened_to(manifest: Any) -> None:
    events = manifest["settings"]["event_subscriptions"]
    assert events == {"bot_events": sorted(BOT_EVENTS)}


def test_commands_and_shortcuts_are_those_that_are_answered(manifest: Any) -> None:
    features = manifest["features"]
    assert tuple(one["command"] for one in features["slash_commands"]) == COMMANDS
    assert {one["type"] for one in features["shortcuts"]} == {"message"}
    offered = {one["callback_id"]: one["name"] for one in features["shortcuts"]}
    assert offered == MESSAGE_SHORTCUTS
    assert "commands" in BOT_SCOPES  # without it there are neither


@pytest.mark.parametrize(
    ("event", "scope"),
    [("message.im", "im:history"), ("team_join", "users:read"), ("user_change", "users:read")],
)
def test_each_event_has_the_scope_without_which_slack_sends_nothing(event: str, scope: str) -> None:
    assert event in BOT_EVENTS
    assert scope in BOT_SCOPES


def test_one_paste_makes_an_app_that_needs_no_public_address(manifest: Any) -> None:
    assert manifest["display_information"]["name"] == "Maillon"
    assert manifest["features"]["bot_user"]["display_name"] == "Maillon"
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    commands = manifest["features"]["slash_commands"]
    assert all(command["usage_hint"] for command in commands)
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert settings["org_deploy_enabled"] is False
    assert settings["token_rotation_enabled"] is False
    assert "url" not in json.dumps(manifest)


def test_slack_accepts_the_manifest(manifest: Any) -> None:
    specs = Path(os.environ.get("MAILLON_SPECS", ROOT.parent / "shared" / "specs"))
    path = specs / "slack" / "manifest.schema.json"
    if not path.exists():
        message = f"Slack's manifest schema is not at {path}: set MAILLON_SPECS"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    schema = json.loads(path.read_text(encoding="utf-8"))
    errors = [error.message for error in Draft7Validator(schema).iter_errors(manifest)]
    assert errors == []
