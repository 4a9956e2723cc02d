"""Rebuilds the index beside live traffic, returns to the previous one, and keeps alias and registry in agreement.

A new physical index is registered as building, so that sync writes to it too. It is loaded with every product,
compared with PostgreSQL by id and version, and then made the serving index in one atomic step. When anything
fails, the old index keeps serving and the new one can be resumed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic

from django.db import connection, transaction
from django.utils import timezone

from indexing import attribute_changes, backfill, bulk, claims, compare, indices, repair, stored_terms, sync, vectors
from indexing.bulk import Result
from indexing.claims import Failure
from indexing.errors import ReindexRefusedError
from indexing.models import PhysicalIndex, SyncState
from indexing.names import index_alias, new_index_name
from indexing.progress import Progress, Silence
from indexing.snapshot import read_snapshot

LOCK = 0x1DE5  # advisory lock of this database: one rebuild at a time
ROUNDS = 5  # of comparing and repairing; a good index needs one, or two beside heavy traffic
SETTLE = 20.0  # s; for pending changes, in each round
State = PhysicalIndex.State


@dataclass(frozen=True)
class Plan:
    """Options of a rebuild.

    `may_fork`: the workers may be processes of their own, as in a command. Tasks leave the other cores to sync.
    `allow_refused`: serve even if up to so many products were refused.
    """

    workers: int = 2
    may_fork: bool = False
    resume: bool = False
    keep: int = 1  # previous indices to keep
    allow_refused: int = 0


@dataclass(frozen=True)
class Report:
    index: str
    documents: int
    seconds: float
    deleted: list[str] = field(default_factory=list)
    left_out: tuple[str, ...] = ()  # sentences on the products that it serves without


def is_needed() -> bool:
    """Whether no index with the current mapping serves."""
    serving = serving_index()
    if serving is None or serving.mapping != indices.fingerprint(vectors.model_for_new_index()):
        return True
    return indices.alias_targets(index_alias()) != {serving.name}


def serving_index() -> PhysicalIndex | None:
    return PhysicalIndex.objects.filter(state=State.SERVING).first()


def reindex(plan: Plan, progress: Progress | None = None) -> Report:
    """Build an index from PostgreSQL and let it serve. Raises ReindexRefusedError and EngineUnavailableError."""
    progress, started = progress or Silence(), monotonic()
    with rebuild_lock():
        attribute_changes.note_all()  # else sync would write their products again behind the load
        stored_terms.queue(every=is_needed())  # a new mapping comes with terms that are made in another way
        target = _resumed(progress) if plan.resume else None
        target = target or _new_target()
        adopted = repair.adopt()
        if adopted:
            progress.say(f"{adopted} products had no version, because they were created while triggers were off")
        failed = backfill.load(target, plan.workers, progress, may_fork=plan.may_fork)
        if failed:
            progress.say(f"{failed} documents were refused; they are tried again")
        indices.finish_loading(target.name)
        left_out = _repair(target, plan, progress)
        serve(target)
        previous = PhysicalIndex.objects.filter(state=State.PREVIOUS).order_by("-serving_since")
        deleted = [_delete(index) for index in previous[plan.keep :]]
        return Report(target.name, indices.count(target.name), monotonic() - started, deleted, left_out)


def rollback(progress: Progress | None = None) -> Report:
    """Bring the previous index up to date and let it serve again. Raises ReindexRefusedError."""
    progress, started = progress or Silence(), monotonic()
    with rebuild_lock():
        target = _previous()
        if unknown := indices.unknown_fields(target.name):  # it would refuse every product that changes
            raise ReindexRefusedError(
                f"{target.name} has no field {', '.join(unknown)}: deploy the code that goes with it first"
            )
        target.state = State.BUILDING  # from now on sync writes to it
        target.save(update_fields=["state"])
        try:
            _repair(target, Plan(), progress)
        except BaseException:
            PhysicalIndex.objects.filter(pk=target.pk).update(state=State.PREVIOUS)
            raise
        serve(target)
        return Report(target.name, indices.count(target.name), monotonic() - started)


@contextmanager
def rebuild_lock() -> Iterator[None]:
    """Allow one rebuild at a time, over all machines. PostgreSQL releases the lock of a killed process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise ReindexRefusedError("another reindex is running")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def wait_for_another() -> None:
    """Return when no rebuild runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%(lock)s), pg_advisory_unlock(%(lock)s)", {"lock": LOCK})


def _resumed(progress: Progress) -> PhysicalIndex | None:
    """The unfinished index of an earlier run, if it can still be used."""
    target = PhysicalIndex.objects.filter(state=State.BUILDING).first()
    if target is None:
        progress.say("nothing to resume: building a new index")
        return None
    if target.mapping != indices.fingerprint(vectors.model_for_new_index()) or not indices.exists(target.name):
        progress.say(f"{target.name} cannot be resumed: it was deleted, or has another mapping")
        return None
    progress.say(f"resuming {target.name} after product {target.loaded_to}")
    return target


def _new_target() -> PhysicalIndex:
    """A new index, registered before anything is read for it. Unfinished ones of earlier runs are deleted."""
    for abandoned in PhysicalIndex.objects.filter(state=State.BUILDING):
        _delete(abandoned)
    name, model = new_index_name(), vectors.model_for_new_index()
    indices.create_for_loading(name, model)
    mapping = indices.fingerprint(model)
    return PhysicalIndex.objects.create(name=name, state=State.BUILDING, mapping=mapping, vectors=model)


def _previous() -> PhysicalIndex:
    building = PhysicalIndex.objects.filter(state=State.BUILDING).first()
    if building:
        raise ReindexRefusedError(f"{building.name} is being built: finish it with --resume first")
    for target in PhysicalIndex.objects.filter(state=State.PREVIOUS).order_by("-serving_since"):
        if indices.exists(target.name):
            return target
    raise ReindexRefusedError("there is no previous index to return to")


def _repair(target: PhysicalIndex, plan: Plan, progress: Progress) -> tuple[str, ...]:
    """Compare the index with PostgreSQL and rewrite what differs until they agree. Raises ReindexRefusedError.

    Returns sentences on the refused products that the plan allows.
    """
    for _ in range(ROUNDS):
        found = compare.compare(target.name, progress, repair=True)
        sync.settle(SETTLE)
        if not found.wrong:
            break
        progress.say(f"{found.wrong} documents differed and were rewritten")
    else:
        examples = (f"product {each.product_id} is {each.fault.value}" for each in found.examples)
        raise ReindexRefusedError(f"{found.wrong} documents differ from PostgreSQL", *examples)
    refused = _refused_by(target)
    if not refused:
        return ()
    shown = [f"product {row.product_id}: {row.error}" for row in refused[: compare.EXAMPLES]]
    left_out = (f"{len(refused)} products cannot be indexed", *shown)
    if len(refused) > plan.allow_refused:
        raise ReindexRefusedError(*left_out)
    return left_out


def _refused_by(target: PhysicalIndex) -> list[Failure]:
    """The parked products that this index refuses. Some may be parked only because another index refused them."""
    refused: list[Failure] = []
    parked = iter(SyncState.objects.parked().order_by("pk").values_list("pk", flat=True))
    while batch := list(islice(parked, compare.SUSPECTS)):
        snapshot = read_snapshot(batch)
        refused += snapshot.unbuildable
        refused += [
            Failure(outcome.product_id, outcome.version, outcome.error)
            for outcome in bulk.send(snapshot.writes, [target.name], snapshot.with_vectors)
            if outcome.result not in {Result.DONE, Result.SUPERSEDED}
        ]
    return refused


def serve(target: PhysicalIndex) -> None:
    """Let searches use this index. Registry and alias change together; after a crash `ensure_index` completes it.

    The transaction waits for OpenSearch, but locks only rows of the registry, which sync does not lock.
    """
    indices.refresh(target.name)  # until now sync refreshed only the other index
    with transaction.atomic(durable=True):
        PhysicalIndex.objects.filter(state=State.SERVING).exclude(pk=target.pk).update(state=State.PREVIOUS)
        target.state, target.serving_since = State.SERVING, timezone.now()
        target.save(update_fields=["state", "serving_since"])
        indices.point_searches_at(target.name)
    vectors.update_completeness()
    sync.make_visible(target.name)
    claims.retry_parked()  # this index may accept what another one refused
    indices.merge_small(target.name)  # not before: the comparison would wait for a core


def _delete(index: PhysicalIndex) -> str:
    indices.delete(index.name)
    index.delete()
    return index.name
