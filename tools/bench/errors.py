"""What stops a benchmark run."""


class BenchError(Exception):
    """A measurement that would be worthless; the message says why."""
