"""A hostile run, shared by several processes, each with a congress and a database of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from multiprocessing import get_context
from operator import add

from bot.drill.databases import temporary_database
from bot.hostile.attack import Figures, attack
from bot.log import configure_logging


def run_hostile(kind: str, payloads: int, seed: int, processes: int) -> Figures:
    """`kind` is the database's; the same seed and processes, the same payloads."""
    shares = [payloads // processes + (n < payloads % processes) for n in range(processes)]
    seeds = [seed * processes + n for n in range(processes)]
    if processes == 1:
        return _share(kind, shares[0], seeds[0])
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return reduce(add, pool.map(_share, [kind] * processes, shares, seeds))


def _share(kind: str, payloads: int, seed: int) -> Figures:
    configure_logging("warning", "json")
    with temporary_database(kind) as url:
        return asyncio.run(attack(url, payloads, seed))
