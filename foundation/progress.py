"""The progress bar of long commands: done of total, rate, time left. Plain lines when the output is not a terminal."""

from collections.abc import Iterable
from time import monotonic
from types import TracebackType
from typing import IO, Self, cast

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

PLAIN_EVERY = 5.0  # s between lines when the output is not a terminal


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")


class BarProgress:
    """A `Progress` that a person watches. Use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Bar(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._name, self._total, self._done = "", 0, 0
        self._began = self._printed_at = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def phase(self, name: str, total: int | None) -> None:
        self._name, self._total, self._done = name, total or 0, 0
        self._began = self._printed_at = monotonic()
        self._bar.start()  # not before, because it starts a thread
        self._task = self._bar.add_task(name, total=total)
        if not self._console.is_terminal:
            self._console.print(f"{name}: {self._total:,}")

    def advance(self, steps: int) -> None:
        self._done += steps
        if self._task is not None:
            self._bar.advance(self._task, steps)
        if not self._console.is_terminal and monotonic() - self._printed_at > PLAIN_EVERY:
            self._printed_at = monotonic()
            rate = self._done / (self._printed_at - self._began)
            left = max(0, self._total - self._done) / rate
            self._console.print(f"{self._name}: {self._done:,} of {self._total:,}, {rate:,.0f}/s, {left:,.0f} s left")

    def follow(self, reached: Iterable[int]) -> None:
        """Run through numbers of finished steps, which grow, and show each."""
        for done in reached:
            self.advance(done - self._done)

    def say(self, text: str) -> None:
        self._console.print(text)


def bar_progress(command: BaseCommand) -> BarProgress:
    # Django's wrapper would end every write with a new line.
    return BarProgress(Console(file=cast("IO[str]", command.stdout._out)))  # noqa: SLF001
