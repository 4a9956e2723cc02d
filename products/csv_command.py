"""What the commands that import CSV files have in common."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from rich.console import Console

from foundation.exit_codes import INTERRUPTED, ROWS_SKIPPED
from foundation.progress import BarProgress
from products.csv_file import BadRow, CsvFile
from products.errors import FileRefusedError


class CsvCommand(BaseCommand):
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="save nothing at all when any row is bad")

    def open(self, path: Path, columns: Sequence[str]) -> CsvFile:
        try:
            return CsvFile(path, columns)
        except FileRefusedError as error:
            raise CommandError(str(error)) from error

    def report(self, row: BadRow) -> None:
        self.stderr.write(str(row))

    def show_progress(self, doing: str, lines: int, work: Iterable[int], stopped: Callable[[str], str]) -> None:
        """Run work that yields the line it has reached. `stopped` makes a message of a reason."""
        try:
            with BarProgress(Console(stderr=True)) as progress:
                progress.phase(doing, lines)
                progress.follow(work)
        except KeyboardInterrupt:
            raise CommandError(stopped("stopped"), returncode=INTERRUPTED) from None
        except DatabaseError as error:
            raise CommandError(stopped(f"PostgreSQL failed ({str(error).strip()})")) from error

    def fail_for_bad_rows(self, bad: int, *, strict: bool) -> None:
        if bad and strict:
            raise CommandError(f"{bad:,} bad rows, so nothing was saved")
        if bad:
            raise CommandError(f"{bad:,} bad rows were skipped; the others are saved", returncode=ROWS_SKIPPED)
