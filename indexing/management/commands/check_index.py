from argparse import ArgumentParser
from dataclasses import asdict
from typing import IO, Any, cast

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from rich.console import Console

from foundation.progress import BarProgress
from indexing import check
from indexing.check import Findings
from indexing.errors import EngineUnavailableError, NoServingIndexError
from indexing.progress import Silence

WRONG, NOT_CHECKED = 1, 2  # exit codes


class Command(BaseCommand):
    help = (
        "Compare every id and version in the search index with PostgreSQL. Exit code 0: the index is right; "
        "1: something is wrong or was refused; 2: it could not be checked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="write again what is wrong, and compare once more")
        parser.add_argument("--json", action="store_true", help="tell it as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            findings = self._check(repair_too=options["repair"], quiet=options["json"])
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"PostgreSQL did not answer: {error}".strip(), returncode=NOT_CHECKED) from error
        except (EngineUnavailableError, NoServingIndexError) as error:
            raise CommandError(str(error), returncode=NOT_CHECKED) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(asdict(findings) | {"sound": findings.sound}).decode())
        else:
            self._tell(findings)
        if not findings.sound:
            raise CommandError("The index is not right.", returncode=WRONG)

    def _check(self, *, repair_too: bool, quiet: bool) -> Findings:
        if quiet:
            return check.check_index(repair_too=repair_too, progress=Silence())
        stream = cast("IO[str]", self.stdout._out)  # noqa: SLF001 - Django's wrapper would end every write with a new line
        with BarProgress(Console(file=stream)) as progress:
            return check.check_index(repair_too=repair_too, progress=progress)

    def _tell(self, findings: Findings) -> None:
        self.stdout.write(
            f"{findings.index}: {findings.products:,} products, {findings.documents:,} documents compared "
            f"in {findings.seconds:.1f} s\n"
            f"missing {findings.missing}, stale {findings.stale}, extra {findings.extra}; remaining "
            f"{findings.remaining}; pending {findings.pending}, refused {findings.parked}"
        )
        for example in findings.examples:
            self.stdout.write("  product {product_id} is {fault}".format(**example))
