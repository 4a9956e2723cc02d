"""Runs the project and its services on a machine with only Python: no Docker, no root.

`./dev help` lists the commands. Tests, chaos runs and benchmarks use `tools.devstack.services`.
"""
