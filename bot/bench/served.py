"""A server in a process of its own, and how much of the processor it has used."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

PATIENCE_S = 60
_CORE = "core"


class Server:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        url = urlsplit(self._answer())
        assert url.hostname is not None
        assert url.port is not None
        self.address = (url.hostname, url.port)

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu_s(self) -> float:
        """Of all its threads, since it began."""
        assert self._process.stdin is not None
        print("cpu", file=self._process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError("the server has ended by itself")
        return line


@contextmanager
def served(
    module: str, config: Mapping[str, Any], folder: Path, core: int | None
) -> Iterator[Server]:
    """`python -m module`, told what it needs on its standard input; it logs into `folder`."""
    with (folder / f"{module}.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 (a module of ours)
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder,
            env=_environment(),
        )  # fmt: skip
    assert process.stdin is not None
    try:
        print(json.dumps({**config, _CORE: core}), file=process.stdin, flush=True)
        yield Server(process)
        process.stdin.close()
        process.wait(PATIENCE_S)
    finally:
        process.kill()
        with process:  # closes what leads to it
            pass


def _environment() -> dict[str, str]:
    """Without what an operator has set for the real bot, and without a proxy to this machine."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("SLACK_", "MAILLON_", "DATABASE_"))
        and not name.upper().endswith("_PROXY")
    }
    return {**kept, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}


def serve_until_told(serve: Callable[..., AbstractAsyncContextManager[str]]) -> None:
    """In the server's process: `serve` yields its address and serves until we are left alone."""
    config = json.loads(sys.stdin.readline())
    core = config.pop(_CORE)
    if core is not None:
        os.sched_setaffinity(0, {core})
    asyncio.run(_serving(serve(**config), sys.stdin, sys.stdout))


async def _serving(
    server: AbstractAsyncContextManager[str], questions: IO[str], answers: IO[str]
) -> None:
    loop, left = asyncio.get_running_loop(), asyncio.Event()

    def answer() -> None:
        for _ in questions:
            print(time.process_time(), file=answers, flush=True)
        loop.call_soon_threadsafe(left.set)

    async with server as url:
        print(url, file=answers, flush=True)
        threading.Thread(target=answer, daemon=True).start()
        await left.wait()
