"""What has to be said, where and when: worked out from the files and the rules alone.

Nothing here is the bot's own code, so that an error of the bot is not an error of its judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.drill.channels import Channels
from bot.drill.deeds import Deed
from bot.drill.expected import Foretold
from bot.drill.files import Rules, Session
from bot.drill.lateness import Late
from bot.drill.listeners import Listener
from bot.drill.questions import Questions
from bot.drill.stages import tellings
from bot.drill.timeline import Timeline


def foretell(
    rules: Rules,
    imports: Iterable[tuple[datetime, Sequence[Session]]],
    stars: Mapping[str, Collection[str]],
    deeds: Iterable[Deed] = (),
    hosts: Mapping[str, Sequence[str]] = MappingProxyType({}),
    at_once: Collection[str] = (),
    delays: Iterable[Late] = (),
    greeted: Collection[str] = (),
) -> Foretold:
    """`imports` are the programme's files and when each was imported; `stars` the ids of the
    sessions that people, by e-mail, chose before anything was due; `deeds` what they do with
    questions; `hosts` who has the stage of which session; `at_once` the sessions whose questions
    are read after they are published; `delays` what runs late; `greeted` who is on stage and known
    from the start."""
    timeline = Timeline(imports, delays)
    channels = Channels(rules, timeline)
    messages = [*channels.announcements(), *channels.notices()]
    for email, chosen in stars.items():
        messages += Listener(rules, timeline, email, chosen).messages()
    questions = Questions(rules, timeline, deeds, hosts, at_once)
    messages += [*questions.messages, *tellings(rules, timeline, hosts, greeted)]
    messages.sort(key=lambda one: (one.moment, one.place, one.titles, one.about))
    return Foretold(tuple(messages), tuple(channels.finals()), tuple(questions.shown()))
