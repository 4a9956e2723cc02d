import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.exit_codes import INTERRUPTED
from foundation.progress import bar_progress
from indexing import reindex
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from indexing.reindex import Plan

MOST_WORKERS = 8  # by default; each has a connection to PostgreSQL, and OpenSearch must keep up with them


class Command(BaseCommand):
    help = (
        "Build a new search index from PostgreSQL while the old one serves, compare it, and let it serve. "
        "If anything fails, the old index keeps serving."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        workers = min(os.cpu_count() or 1, MOST_WORKERS)
        parser.add_argument(
            "--workers", type=int, default=workers, help="loading processes (default: one a core, here %(default)s)"
        )
        parser.add_argument("--resume", action="store_true", help="continue the unfinished index of an earlier run")
        parser.add_argument("--keep", type=int, default=Plan.keep, help="old indices to keep (default %(default)s)")
        parser.add_argument(
            "--allow-refused",
            type=int,
            default=Plan.allow_refused,
            metavar="N",
            help="let it serve even if up to N products cannot be indexed (default %(default)s)",
        )
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing when an index with the current mapping serves"
        )
        parser.add_argument("--rollback", action="store_true", help="let the previous index serve again")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["workers"] < 1 or options["keep"] < 0 or options["allow_refused"] < 0:
            raise CommandError("--workers must be at least 1, --keep and --allow-refused at least 0")
        # After a failed rollback there is nothing to resume, and a rebuild could delete the index to return to.
        next_step = "run --rollback again" if options["rollback"] else "continue with --resume"
        try:
            self._run(options)
        except ReindexRefusedError as error:
            raise CommandError("\n  ".join(["The serving index is unchanged:", *error.reasons])) from error
        except EngineUnavailableError as error:
            raise CommandError(f"{error}. The serving index is unchanged; {next_step}.") from error
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. The old index keeps serving; {next_step}.", returncode=INTERRUPTED) from None

    def _run(self, options: dict[str, Any]) -> None:
        if options["if_needed"]:
            reindex.wait_for_another()  # a worker that finds no index builds one
            if not reindex.is_needed():
                self.stdout.write("An index with the current mapping serves: nothing to do.")
                return
        plan = Plan(
            workers=options["workers"],
            may_fork=True,
            resume=options["resume"],
            keep=options["keep"],
            allow_refused=options["allow_refused"],
        )
        with bar_progress(self) as progress:
            report = reindex.rollback(progress) if options["rollback"] else reindex.reindex(plan, progress)
        self.stdout.write(f"{report.index} serves {report.documents:,} products after {report.seconds:.1f} s.")
        if report.left_out:
            self.stdout.write("\n  ".join(report.left_out))
        if report.deleted:
            self.stdout.write(f"Deleted: {', '.join(report.deleted)}")
