"""How far an import has come."""

from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def show_lines(reached: Iterable[int], *, of: int, doing: str) -> None:
    """Go through the lines reached; a person at a terminal sees a bar."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(doing, total=of)
        for line in reached:
            progress.update(task, completed=line)
