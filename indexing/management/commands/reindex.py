from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from foundation.progress import BarProgress
from indexing import reindex
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from indexing.reindex import Plan, Report

INTERRUPTED = 130  # exit code of a shell for Ctrl-C


class Command(BaseCommand):
    help = (
        "Build a new search index from PostgreSQL while the old one serves, compare it, and let it serve. "
        "Whatever fails, the old index goes on serving."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=Plan.workers, help="loading threads (default %(default)s)")
        parser.add_argument("--resume", action="store_true", help="go on with the index that an earlier run left")
        parser.add_argument("--keep", type=int, default=Plan.keep, help="previous ones to keep (default %(default)s)")
        parser.add_argument(
            "--allow-refused",
            type=int,
            default=Plan.allow_refused,
            metavar="N",
            help="let it serve although up to N products cannot be indexed (default %(default)s)",
        )
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing when an index of the current mapping serves"
        )
        parser.add_argument("--rollback", action="store_true", help="let the previous index serve again")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["workers"] < 1 or options["keep"] < 0 or options["allow_refused"] < 0:
            raise CommandError("--workers is at least 1, --keep and --allow-refused are not negative")
        try:
            self._run(options)
        except ReindexRefusedError as error:
            raise CommandError("\n  ".join(["Nothing was changed for searches:", *error.reasons])) from error
        except EngineUnavailableError as error:
            raise CommandError(f"{error}. Nothing was changed for searches; {_next_step(options)}.") from error
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped. The old index goes on serving; {_next_step(options)}.", returncode=INTERRUPTED
            ) from None

    def _run(self, options: dict[str, Any]) -> None:
        if options["if_needed"] and not self._is_needed():
            self.stdout.write("An index of the current mapping serves: nothing to do.")
            return
        plan = Plan(options["workers"], options["resume"], options["keep"], options["allow_refused"])
        stream = cast("IO[str]", self.stdout._out)  # noqa: SLF001 - Django's wrapper would end every write with a new line
        with BarProgress(Console(file=stream)) as progress:
            report = reindex.rollback(progress) if options["rollback"] else reindex.reindex(plan, progress)
        self._tell(report)

    def _is_needed(self) -> bool:
        """Workers that find no index build one by themselves: then what they build is what is needed."""
        reindex.wait_for_another()
        return reindex.is_needed()

    def _tell(self, report: Report) -> None:
        self.stdout.write(f"{report.index} serves {report.documents:,} products after {report.seconds:.1f} s.")
        if report.left_out:
            self.stdout.write("\n  ".join(report.left_out))
        if report.deleted:
            self.stdout.write(f"Deleted: {', '.join(report.deleted)}")


def _next_step(options: dict[str, Any]) -> str:
    """A roll-back leaves nothing to resume: a rebuild in its place could delete the index that it was to go back to."""
    return "go on with --rollback once more" if options["rollback"] else "go on with --resume"
