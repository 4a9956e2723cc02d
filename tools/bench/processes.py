"""Runs a Python operation in a closed loop in several processes."""

import multiprocessing
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import django

from tools.bench.errors import BenchError
from tools.bench.figures import NANOSECONDS_PER_MS, Latencies

START_SECONDS = 60.0  # for all processes to import the project and connect
Operation = Callable[[], None]


@dataclass(frozen=True)
class ProcessLoad:
    """A load of Python calls.

    `factory` is 'package.module:function'. Each process calls it once, after `django.setup()`, with
    `number` (from 0) and `arguments`, and then calls what it returned, over and over, for
    `seconds`.
    """

    factory: str
    processes: int
    seconds: float
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def run(self) -> Latencies:
        """The times of all calls in all processes. BenchError when a call fails."""
        forking = multiprocessing.get_context("forkserver")
        forking.set_forkserver_preload(["tools.bench.preloaded"])
        barrier, outcomes = forking.Barrier(self.processes), forking.Queue()
        children = [
            forking.Process(target=_child, args=(self, number, barrier, outcomes)) for number in range(self.processes)
        ]
        for child in children:
            child.start()
        milliseconds: list[float] = []
        for _ in children:
            outcome: list[float] | str = outcomes.get(timeout=START_SECONDS + self.seconds + 60)
            if isinstance(outcome, str):
                raise BenchError(f"an operation failed in its process: {outcome}")
            milliseconds += outcome
        for child in children:
            child.join()
        return Latencies(milliseconds, self.seconds)

    def run_figures(self) -> dict[str, float]:
        return self.run().figures()


def _child(load: ProcessLoad, number: int, barrier: Barrier, outcomes: "Queue[list[float] | str]") -> None:
    try:
        django.setup()
        module, _, function = load.factory.partition(":")
        operation: Operation = getattr(import_module(module), function)(number=number, **load.arguments)
        operation()
        barrier.wait(START_SECONDS)
        milliseconds = []
        end = time.perf_counter() + load.seconds
        while (began := time.perf_counter_ns()) < end * 1e9:
            operation()
            milliseconds.append((time.perf_counter_ns() - began) / NANOSECONDS_PER_MS)
        outcomes.put(milliseconds)
    except Exception as error:  # noqa: BLE001 - the parent reports any failure
        barrier.abort()
        outcomes.put(repr(error))
