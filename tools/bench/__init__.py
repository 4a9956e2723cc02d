"""Benchmarks: each figure beside the limit it is compared with, in one run. `README.md` says how to add a part."""
