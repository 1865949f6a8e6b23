"""The drill itself, with fewer kills and people than `maillon drill` has."""

from __future__ import annotations

import json

from bot.drill.driver import run_drill


def test_nothing_is_lost_and_nothing_said_twice(database_url: str) -> None:
    result = run_drill(5, 1, database_url, people=20, storms=3, tables=1, comers=16)
    line = json.loads(result.json_line())
    wrong = (
        *("missing", "duplicated", "unexpected", "skipped", "edits_wrong"),
        *("questions_wrong", "askers_exposed"),
        *("introduced_twice", "forgotten", "uninvited", "pairs_twice", "group_wrong"),
        *("round_messages_wrong", "answers_wrong", "bulletins_wrong"),
    )
    assert {name: line[name] for name in wrong} == dict.fromkeys(wrong, 0), line
    assert line["bulletins"] == 1 + 4, "an announcement, and an alert in every channel"
    assert line["sent"] == line["expected"] > 150
    assert line["questions"] == 10
    assert line["votes_counted"] == line["votes_expected"] > 60
    assert line["question_messages_sent"] == line["question_messages_expected"] > 20
    assert line["rounds"] == 4
    assert line["introductions"] >= 4 + 2 + 4 + 2
    assert line["meetings_answered"] > 20
    assert line["round_messages"] > 60
    assert line["gestures_unanswered"] > 0
    assert (line["kills"], line["kills_in_send"]) == (5, 2)
    assert line["drops_after_receipt"] >= 20
    assert line["unknown_settled"] > 0
