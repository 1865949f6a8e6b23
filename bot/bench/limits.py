"""Room for many connections in one process."""

from __future__ import annotations

import resource

OTHER_FILES = 200


def allow_connections(number: int) -> None:
    """As far as the system lets a process decide; beyond, connections fail and say so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
