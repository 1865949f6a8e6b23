"""Tasks that work for many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar

T = TypeVar("T")


def for_all(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """A task that has nothing of who starts it: its log lines would name the wrong cause."""
    return asyncio.get_running_loop().create_task(work, context=Context())


def called_for_all(told: Callable[[], None]) -> None:
    """The same for what is called, and the tasks that it starts."""
    Context().run(told)
