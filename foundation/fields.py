"""Fields of JSON bodies without conversions."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from foundation import money

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


class MoneyField(serializers.DecimalField):
    """An amount with the currency's digits, and `whole_digits` before them."""

    def __init__(self, whole_digits: int, **options: Any) -> None:
        digits = money.decimals()
        super().__init__(max_digits=whole_digits + digits, decimal_places=digits, **options)


class CurrencyField(serializers.CharField):
    """The currency of the amounts beside it: the shop's, by its ISO 4217 code."""

    def __init__(self, **options: Any) -> None:
        help_text = "The ISO 4217 code of the shop's currency."
        super().__init__(**options | {"source": "*", "read_only": True, "help_text": help_text})

    def to_representation(self, value: Any) -> str:
        del value
        return str(settings.CURRENCY)
