"""What takes a moment shows how far it is, on the terminal's standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.common import err
from bot.core.i18n import Reader

Step = Callable[..., None]
"""`step(words)` says what is done now; `step(done=3, of=10)` how far it is."""


@contextmanager
def progress(who: Reader) -> Iterator[Step]:
    """Nothing is drawn where standard error is no terminal."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(who.gettext("Importing the sessions"), total=None)

        def step(
            words: str | None = None, *, done: int | None = None, of: int | None = None
        ) -> None:
            bar.update(task, description=words, completed=done, total=of)

        yield step
