"""Fields of JSON bodies without conversions."""

from typing import Any

from rest_framework import serializers

BIGGEST_ID = 2**63 - 1  # of a BigAutoField


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer: not a boolean, a string of digits or 1.0."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class IdField(StrictIntegerField):
    """An id, whether or not a row has it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": BIGGEST_ID} | options)
