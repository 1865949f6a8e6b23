"""The drill itself, with fewer kills, blows and people than `maillon drill` has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.drill.blows import Blow
from bot.drill.clusters import two_clusters
from bot.drill.running import run_drill
from bot.drill.small_disk import small_disk

WRONG = (
    *("missing", "duplicated", "unexpected", "skipped", "edits_wrong"),
    "times_wrong",
    *("questions_wrong", "askers_exposed"),
    *("introduced_twice", "forgotten", "uninvited", "pairs_twice", "group_wrong"),
    *("round_messages_wrong", "answers_wrong", "bulletins_wrong", "unreported"),
)


def test_one_bot_on_a_file_whose_disk_fills() -> None:
    with small_disk() as disk:
        blows = [blow for blow in disk.suffers if blow is Blow.FULL]
        result = run_drill(5, 1, disk, blows=blows, people=20, storms=3, tables=1, comers=16)
    line = json.loads(result.json_line())
    nothing_was_lost(line)
    assert (line["replicas"], line["kills"], line["kills_in_send"]) == (1, 5, 2)
    assert line["disk_full"] == len(blows)
    assert line["gestures_unanswered"] > 0


@pytest.mark.postgresql
def test_two_bots_on_a_primary_that_is_restarted_and_lost() -> None:
    blows = (Blow.RESTART, Blow.FAILOVER)
    with two_clusters() as clusters:
        clusters.settle_after = 1.5  # a small day, and few who commit at once
        result = run_drill(
            5, 1, clusters, replicas=2, blows=blows, people=20, storms=3, tables=1, comers=16
        )
    line = json.loads(result.json_line())
    nothing_was_lost(line)
    assert (line["replicas"], line["kills"], line["kills_in_send"]) == (2, 5, 2)
    assert (line["db_restarts"], line["failovers"]) == (1, 1)


def nothing_was_lost(line: dict[str, Any]) -> None:
    assert {name: line[name] for name in WRONG} == dict.fromkeys(WRONG, 0), line
    assert line["bulletins"] == 1 + 4, "an announcement, and an alert in every channel"
    assert line["sent"] == line["expected"] > 150
    assert line["delays"] == 2
    assert line["questions"] == 10
    assert line["votes_counted"] == line["votes_expected"] > 60
    assert line["question_messages_sent"] == line["question_messages_expected"] > 20
    assert line["rounds"] == 4
    assert line["introductions"] >= 4 + 2 + 4 + 2
    assert line["meetings_answered"] > 20
    assert line["round_messages"] > 60
    assert line["drops_after_receipt"] >= 20
    assert line["unknown_settled"] > 0
