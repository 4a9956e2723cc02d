"""Processes that share the work of a command: Python builds documents on one core only, however many threads it has.

They are forked, so they have the command's settings and database, and start in milliseconds instead of a second. A
fork copies one thread: a lock that another one holds stays locked for ever. So only a process with a single thread is
forked. Figures: `docs/decisions/reindex.md`.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from django.db import connections

from indexing.client import sync_client
from indexing.errors import ReindexRefusedError


def is_safe() -> bool:
    """Whether this process can be forked now. On macOS libraries of the system cannot be used after a fork."""
    return sys.platform == "linux" and threading.active_count() == 1


@contextmanager
def forked(workers: int) -> Iterator[Executor]:
    """An executor of processes, forked by the time the block begins.

    They end at once, in the middle of their work, when the block raises and when this process is killed.
    Raises ReindexRefusedError when one of them is killed.
    """
    context = get_context("fork")
    alive, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, _begin, (alive, ours))
    try:
        pool.submit(os.getpid).result()  # forks all of them, before the first thread of the pool starts
        yield pool
        pool.shutdown()
    except BrokenProcessPool as error:
        reason = "a process was killed, probably for lack of memory: continue with --resume and fewer --workers"
        raise ReindexRefusedError(reason) from error
    finally:
        ours.close()
        pool.shutdown()
        alive.close()


def _begin(alive: Connection, parents: Connection) -> None:
    """Leave to the parent what is the parent's."""
    parents.close()
    threading.Thread(target=_end_with_the_parent, args=(alive,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for connection in connections.all(initialized_only=True):
        connection.connection = None  # not closed: that would end the parent's session, which holds a lock
    sync_client.cache_clear()
    gc.freeze()
    gc.disable()  # loading 500 products leaves three objects of garbage


def _end_with_the_parent(alive: Connection) -> None:
    """The parent alone has the other end open, so this end is readable once it is closed, by whatever cause."""
    alive.poll(None)
    os._exit(1)
