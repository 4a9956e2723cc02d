"""The options and messages that all commands that import files share."""

from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from codecs import lookup
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from rich.console import Console

from foundation.exit_codes import INTERRUPTED, ROWS_SKIPPED
from foundation.progress import BarProgress
from products.catalogue_files.delimited import DELIMITERS
from products.catalogue_files.rows import BadRow


class ImportCommand(BaseCommand):
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="save nothing at all when any row is bad")
        parser.add_argument("--dry-run", action="store_true", help="save nothing; show what would change")
        parser.add_argument("--encoding", type=_encoding, metavar="NAME", help="otherwise detected")
        parser.add_argument("--delimiter", choices=sorted(DELIMITERS), help="otherwise detected")

    def report(self, row: BadRow) -> None:
        self.stderr.write(str(row))

    def show_progress(self, doing: str, total: int, work: Iterable[int], stopped: Callable[[str], str]) -> None:
        """Run work that yields the line or row it has reached. `stopped` makes a message of a reason."""
        try:
            with BarProgress(Console(stderr=True)) as progress:
                progress.phase(doing, total)
                progress.follow(work)
        except KeyboardInterrupt:
            raise CommandError(stopped("stopped"), returncode=INTERRUPTED) from None
        except DatabaseError as error:
            raise CommandError(stopped(f"PostgreSQL failed ({str(error).strip()})")) from error

    def fail_for_bad_rows(self, bad: int, *, strict: bool, dry_run: bool = False) -> None:
        if bad and strict:
            raise CommandError(f"{bad:,} bad rows, so nothing was saved")
        if bad:
            what = "would be skipped" if dry_run else "were skipped; the others are saved"
            raise CommandError(f"{bad:,} bad rows {what}", returncode=ROWS_SKIPPED)


def _encoding(name: str) -> str:
    try:
        return lookup(name).name
    except LookupError:
        raise ArgumentTypeError(f"{name!r} is not an encoding such as utf-8, utf-16, windows-1252") from None
