"""A sync worker that a test stops after any step."""

from indexing import bulk, claims, sync
from indexing.bulk import Outcome
from indexing.claims import Claim
from indexing.snapshot import Snapshot, read_snapshot


class Worker:
    """Syncs due products one step at a time, with the functions that sync itself calls."""

    def __init__(self) -> None:
        self.claimed: Claim | None = None
        self.snapshot: Snapshot | None = None
        self.outcomes: list[Outcome] | None = None

    def claim(self) -> "Worker":
        self.claimed = claims.claim()
        return self

    def read(self) -> "Worker":
        assert self.claimed
        self.snapshot = read_snapshot(self.claimed.product_ids)
        return self

    def send(self) -> "Worker":
        """Send even after the lease: as a worker that was paused right after it checked its lease."""
        assert self.snapshot
        self.outcomes = bulk.send(self.snapshot.writes, self.snapshot.indices)
        sync.make_visible(self.snapshot.indices[0])
        return self

    def record(self) -> None:
        assert self.claimed
        assert self.snapshot
        assert self.outcomes is not None
        sync.record(self.claimed, self.snapshot, self.outcomes)
        self.__init__()  # type: ignore[misc] # ready for the next batch

    def step(self) -> None:
        """Do the next step."""
        if self.claimed is None:
            self.claim()
        elif self.snapshot is None:
            self.read()
        elif self.outcomes is None:
            self.send()
        else:
            self.record()
