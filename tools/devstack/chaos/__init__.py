"""The whole system on services of its own, while they are killed and hung: for `./dev chaos` and for tests."""
