"""A real PgBouncer in transaction mode, in front of a server of the tests."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, make_url

from tests.support.machine import PGBOUNCER

SERVER_CONNECTIONS = 3
"""Of one database: few, so that a client's next transaction may run on another one of them."""
PREPARES_SINCE = (1, 21)
GIVE_UP_AFTER_S = 30.0


@contextmanager
def pgbouncer(url: str) -> Iterator[str]:
    """The address of the database `url` through a PgBouncer that prepares no statements."""
    behind, port = make_url(url), free_port()
    sockets = str(behind.query["host"])  # the tests' server listens at no other
    with TemporaryDirectory(prefix="maillon-pgbouncer-") as folder:
        Path(folder).chmod(0o755)
        config, log = Path(folder) / "pgbouncer.ini", Path(folder) / "log"
        (Path(folder) / "users.txt").write_text(f'"{behind.username}" ""\n')
        config.write_text(_config(sockets, port, Path(folder)))
        # As root it refuses to run; whoever runs the server may read its folder.
        other = ["-u", Path(sockets).owner()] if os.geteuid() == 0 else []
        with log.open("w") as output:
            process = subprocess.Popen([PGBOUNCER, *other, str(config)], stderr=output)
        try:
            _wait_for(process, port, log)
            yield _through(behind, port)
        finally:
            process.kill()
            process.wait()


def _through(behind: URL, port: int) -> str:
    url = behind.set(host="127.0.0.1", port=port, query={})
    return url.render_as_string(hide_password=False)


def _config(sockets: str, port: int, folder: Path) -> str:
    lines = [
        "[databases]",
        f"* = host={sockets}",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        f"listen_port = {port}",
        "unix_socket_dir =",
        "auth_type = trust",
        f"auth_file = {folder / 'users.txt'}",
        "pool_mode = transaction",
        f"default_pool_size = {SERVER_CONNECTIONS}",
    ]
    version = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True)
    known = re.search(r"(\d+)\.(\d+)", version.stdout)
    assert known is not None, version.stdout
    if tuple(map(int, known.groups())) >= PREPARES_SINCE:
        lines.append("max_prepared_statements = 0")
    return "\n".join(lines) + "\n"


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + GIVE_UP_AFTER_S
    while process.poll() is None and time.monotonic() < deadline:
        with closing(socket.socket()) as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"PgBouncer does not start: {log.read_text()}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
