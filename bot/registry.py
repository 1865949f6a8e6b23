"""What the features bring: their messages, jobs, pages and gestures, each listed once."""

from __future__ import annotations

from bot.core.address import PublicAddress
from bot.delivery.messages import MessageTypes
from bot.features.bulletins import jobs as bulletin_jobs
from bot.features.bulletins.messages import MESSAGES as BULLETIN_MESSAGES
from bot.features.home import morning
from bot.features.home.messages import MESSAGES as HOME_MESSAGES
from bot.features.introductions import jobs as round_jobs
from bot.features.introductions import outcome_jobs
from bot.features.introductions.crossing_messages import MESSAGES as CROSSING_MESSAGES
from bot.features.introductions.messages import MESSAGES as ROUND_MESSAGES
from bot.features.introductions.outcome_messages import MESSAGES as OUTCOME_MESSAGES
from bot.features.people.messages import MESSAGES as PEOPLE_MESSAGES
from bot.features.people.tags import TagFinder
from bot.features.privacy import forgetting, retention
from bot.features.programme import jobs
from bot.features.programme.messages import MESSAGES as PROGRAMME_MESSAGES
from bot.features.programme.messages import SessionsAnnounced
from bot.features.programme.source_messages import SOURCE_MESSAGES
from bot.features.questions import jobs as question_jobs
from bot.features.questions.doors import PAGE_MESSAGES
from bot.features.questions.letters import LETTERS
from bot.features.questions.messages import MESSAGES as QUESTION_MESSAGES
from bot.features.questions.near import NearQuestions
from bot.features.speaking import jobs as speaking_jobs
from bot.features.speaking.messages import MESSAGES as SPEAKING_MESSAGES
from bot.features.welcome.messages import MESSAGES as WELCOME_MESSAGES
from bot.platforms.slack import (
    afterwards,
    agenda,
    bulletins,
    delays,
    introductions,
    outcomes,
    pages,
    people,
    profiles,
    programme,
    questions,
    roles,
    votes,
)
from bot.platforms.slack.handlers import Handlers, merged
from bot.schedule import Job
from bot.web import agenda as agenda_page
from bot.web import entry, public, report, room, stage, team, wall
from bot.web.pages import Pages

MESSAGE_TYPES = MessageTypes(
    (
        *PEOPLE_MESSAGES,
        *(one for one in PROGRAMME_MESSAGES if one is not SessionsAnnounced),
        *SOURCE_MESSAGES,
        *ROUND_MESSAGES,  # they announce sessions too, with the call to the next round
        *QUESTION_MESSAGES,
        *LETTERS,
        *PAGE_MESSAGES,
        *OUTCOME_MESSAGES,
        *CROSSING_MESSAGES,
        *SPEAKING_MESSAGES,
        *BULLETIN_MESSAGES,
        *WELCOME_MESSAGES,
        *HOME_MESSAGES,
    )
)
JOBS = (
    Job(jobs.tick, jobs.next_due),
    Job(question_jobs.tick, question_jobs.next_due),
    Job(speaking_jobs.tick, speaking_jobs.next_due),
    Job(round_jobs.tick, round_jobs.next_due, prepare=round_jobs.prepared),
    Job(outcome_jobs.tick, outcome_jobs.next_due),
    Job(bulletin_jobs.tick, bulletin_jobs.next_due),
    Job(morning.tick, morning.next_due),
    Job(retention.tick, retention.next_due, seen=False, tells=False),
    Job(forgetting.tick, forgetting.next_due, seen=False, tells=False),
)
PAGES: tuple[Pages, ...] = (
    public.routes,
    entry.routes,
    team.routes,
    stage.routes,
    room.routes,
    wall.routes,
    report.routes,
    agenda_page.routes,
)


def handlers(near: NearQuestions, tags: TagFinder, address: PublicAddress) -> Handlers:
    return merged(
        programme.HANDLERS,
        people.HANDLERS,
        profiles.handlers(tags),
        votes.HANDLERS,
        questions.handlers(near),
        afterwards.HANDLERS,
        roles.HANDLERS,
        outcomes.handlers(address),
        pages.handlers(address),
        agenda.handlers(address),
        introductions.HANDLERS,
        delays.HANDLERS,
        bulletins.HANDLERS,
    )
