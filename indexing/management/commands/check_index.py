from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from foundation.progress import bar_progress
from indexing import check
from indexing.errors import EngineUnavailableError, NoServingIndexError

WRONG, NOT_CHECKED = 1, 2  # exit codes


class Command(BaseCommand):
    help = (
        "Compare every id and version in the search index with PostgreSQL. Exit code 0: the index is right; "
        "1: documents are wrong or were refused; 2: it could not be checked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="rewrite wrong documents and compare again")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["json"]:
                findings = check.check_index(repair=options["repair"])
            else:
                with bar_progress(self) as progress:
                    findings = check.check_index(repair=options["repair"], progress=progress)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"PostgreSQL did not answer: {error}".strip(), returncode=NOT_CHECKED) from error
        except (EngineUnavailableError, NoServingIndexError) as error:
            raise CommandError(str(error), returncode=NOT_CHECKED) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(asdict(findings) | {"sound": findings.sound}).decode())
        else:
            self.stdout.write(
                f"{findings.index}: {findings.products:,} products, {findings.documents:,} documents compared "
                f"in {findings.seconds:.1f} s\n"
                f"missing {findings.missing}, stale {findings.stale}, extra {findings.extra}; remaining "
                f"{findings.remaining}; pending {findings.pending}, refused {findings.parked}"
            )
            if findings.outdated:
                self.stdout.write("It was built for another language or mapping: run manage.py reindex.")
            for example in findings.examples:
                self.stdout.write("  product {product_id} is {fault}".format(**example))
        if not findings.sound:
            raise CommandError("The index is not right.", returncode=WRONG)
