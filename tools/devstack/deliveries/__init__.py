"""Webhooks under faults: for `./dev webhooks` and for the tests."""
