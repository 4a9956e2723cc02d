"""Runs the project and its services on a machine that has only Python: no Docker, no root, no system packages.

`./dev help` lists the commands. Tests, chaos runs and benchmarks use the same services through `devstack.services`.
"""
