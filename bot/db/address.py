"""Addresses of databases: SQLAlchemy's, and libpq's list of servers."""

from __future__ import annotations

import re
from urllib.parse import unquote

from sqlalchemy import URL, make_url

_LISTED = re.compile(r"(?P<before>[\w+]+://(?:[^/?]*@)?)(?P<servers>[^/?]*,[^/?]*)(?P<after>.*)")
_SERVER = re.compile(r"(?:\[(?P<ipv6>[^\]]+)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d*))?")
_PORT = "5432"


def database_address(text: str) -> URL:
    """`text` for SQLAlchemy, which knows several servers (`h1:5432,h2:5433`) as options only.

    `ValueError` or SQLAlchemy's `ArgumentError` where it is no address.
    """
    listed = _LISTED.fullmatch(text)
    if listed is None:
        return make_url(text)
    servers = [_SERVER.fullmatch(one) for one in listed["servers"].split(",")]
    if not all(servers):
        raise ValueError("not a list of servers")
    hosts = ",".join(unquote(one["ipv6"] or one["name"]) for one in servers if one)
    ports = ",".join(one["port"] or _PORT for one in servers if one)
    url = make_url(listed["before"] + listed["after"])
    return url.update_query_dict({"host": hosts, "port": ports})


def servers(url: URL) -> set[tuple[str, str]]:
    """Host and port of each server that `url` names."""
    hosts = _each(url.query.get("host") or url.host or "localhost")
    ports = _each(url.query.get("port") or str(url.port or _PORT))
    found = set()
    for number, host in enumerate(hosts):
        name, _, port = host.partition(":") if host.count(":") == 1 else (host, "", "")
        found.add((name, port or (ports[number] if len(ports) == len(hosts) else ports[0])))
    return found


def _each(option: str | tuple[str, ...]) -> list[str]:
    return option.split(",") if isinstance(option, str) else list(option)
