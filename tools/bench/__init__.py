"""Benchmarks: each figure beside its limit, in one run. See `README.md`."""
