"""Fields of JSON bodies that take nothing for what it is not."""

from typing import Any

from rest_framework import serializers

BIGGEST_ID = 2**63 - 1  # of a BigAutoField


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer: no boolean, no text of digits, no 1.0."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class IdField(StrictIntegerField):
    """The id of something that the database may or may not hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": BIGGEST_ID} | options)
