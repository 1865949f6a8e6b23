"""One drill from its script to what it counted."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.db.address import database_address
from bot.drill.blows import Blow, Struck
from bot.drill.driver import Drill
from bot.drill.plan import How
from bot.drill.result import DrillResult
from bot.drill.script import write_script
from bot.drill.stage import set_stage


def run_drill(
    kills: int,
    seed: int,
    database: Struck,
    *,
    replicas: int = 1,
    blows: Sequence[Blow] = (),
    people: int = 60,
    storms: int = 10,
    tables: int = 4,
    comers: int = 60,
) -> DrillResult:
    """On an empty database; `DrillError` where the bot cannot go on at all.

    Each kill hits any of the `replicas`, and the database suffers the `blows`. `people` choose
    sessions, so many round `tables` are asked questions, and others, the `comers`, want to meet
    somebody in the breaks.
    """
    began = time.monotonic()
    script = write_script(
        seed,
        kills=kills,
        people=people,
        storms=storms,
        tables=tables,
        comers=comers,
        bots=replicas,
        blows=blows,
    )
    with set_stage(seed, database, replicas) as stage:
        drill = Drill(stage, script)
        drill.choose()
        drill.perform()
        receipts = stage.playground.receipts.posts
        verdict, met = drill.verdict(), drill.rounds_verdict()
        return DrillResult(
            database=database_address(database.url).get_backend_name(),
            replicas=replicas,
            expected=verdict.expected,
            sent=verdict.sent,
            missing=len(verdict.missing),
            duplicated=len(verdict.duplicated),
            unexpected=len(verdict.unexpected),
            skipped=stage.ledger.skipped(),
            edits_wrong=len(verdict.edits_wrong),
            delays=len(script.delays),
            times_wrong=drill.times_wrong(),
            questions=len(drill.asked),
            questions_wrong=drill.questions_wrong(),
            votes_expected=script.foretold.votes,
            votes_counted=verdict.votes,
            question_messages_expected=sum(bool(one.about) for one in script.foretold.messages),
            question_messages_sent=verdict.question_messages,
            askers_exposed=drill.askers_exposed(),
            rounds=met.rounds,
            introductions=met.introductions,
            introduced_twice=len(met.introduced_twice),
            forgotten=len(met.forgotten),
            uninvited=len(met.uninvited),
            pairs_twice=len(met.pairs_twice),
            group_wrong=len(met.group_wrong),
            round_messages=met.messages,
            round_messages_wrong=len(met.told_wrong),
            meetings_answered=len(drill.floor.hall.answers),
            answers_wrong=drill.answers_wrong(),
            bulletins=len(drill.organisers.spoken(receipts)),
            bulletins_wrong=len(drill.organisers.wrong(receipts)),
            gestures_unanswered=drill.floor.unanswered,
            settle_after_s=database.settle_after,
            late_p99_s=round(verdict.late_p99_s, 2),
            kills=drill.killed.total(),
            kills_in_send=drill.killed[How.IN_SEND],
            **{blow.value: drill.struck[blow] for blow in Blow},
            unreported=drill.unreported,
            drops_after_receipt=stage.playground.receipts.drops_after_receipt,
            unknown_settled=drill.unknown_settled(),
            seconds=round(time.monotonic() - began, 1),
        )
