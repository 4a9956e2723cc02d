"""A sync worker that stops wherever a test wants it to."""

from indexing import bulk, claims, sync
from indexing.bulk import Outcome
from indexing.claims import Claim
from indexing.snapshot import Snapshot, read_snapshot


class Worker:
    """Works on what is due one step at a time, by the functions that sync itself calls."""

    def __init__(self) -> None:
        self.taken: Claim | None = None
        self.snapshot: Snapshot | None = None
        self.outcomes: list[Outcome] | None = None

    def claim(self) -> "Worker":
        self.taken = claims.claim()
        return self

    def read(self) -> "Worker":
        assert self.taken
        self.snapshot = read_snapshot(self.taken.product_ids)
        return self

    def send(self) -> "Worker":
        """Send however late it is: the worker was stopped right after it had looked at its lease."""
        assert self.snapshot
        self.outcomes = bulk.send(self.snapshot.writes, self.snapshot.indices)
        sync.make_visible(self.snapshot.indices[0])
        return self

    def record(self) -> None:
        assert self.taken
        assert self.snapshot
        assert self.outcomes is not None
        sync.record(self.taken, self.snapshot, self.outcomes)
        self.__init__()  # type: ignore[misc] # ready for the next batch

    def step(self) -> None:
        """The next step, whichever it is."""
        if self.taken is None:
            self.claim()
        elif self.snapshot is None:
            self.read()
        elif self.outcomes is None:
            self.send()
        else:
            self.record()
