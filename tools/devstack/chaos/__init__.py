"""The whole system under faults: for `./dev chaos` and for the tests of faults."""
