from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.validators import DecimalValidator
from django.db import models

from foundation import money

if TYPE_CHECKING:  # generic in its stubs alone
    _DecimalField = models.DecimalField[Decimal | str | int, Decimal]
else:
    _DecimalField = models.DecimalField


class MoneyField(_DecimalField):
    """An amount of the shop's currency, with its digits (see `foundation.money`).

    The column is a `numeric` without a scale: it holds the digits of any currency, and no migration
    depends on the setting. A constraint of the model limits it.
    """

    def __init__(self, *args: Any, whole_digits: int, **options: Any) -> None:
        self.whole_digits = whole_digits
        super().__init__(*args, **options)

    @property
    def decimal_places(self) -> int:
        return money.decimals()

    @decimal_places.setter
    def decimal_places(self, digits: int) -> None:
        """Django's constructor sets None; the currency decides."""

    @property
    def max_digits(self) -> int:
        return self.whole_digits + money.decimals()

    @max_digits.setter
    def max_digits(self, digits: int) -> None:
        """Django's constructor sets None; the currency decides."""

    @property
    def validators(self) -> list[Any]:  # Django caches them, with the digits
        digits = DecimalValidator(self.max_digits, self.decimal_places)
        return [*self.default_validators, *self._validators, digits]  # type: ignore[attr-defined]  # not in the stubs

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        digits = {"max_digits", "decimal_places"}
        kept = {option: value for option, value in options.items() if option not in digits}
        return name, path, list(args), kept | {"whole_digits": self.whole_digits}

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        return "numeric"

    def from_db_value(self, amount: Decimal | None, *_: Any) -> Decimal | None:
        return None if amount is None else money.exact(amount)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        prepared = super().get_db_prep_save(value, connection)
        return money.exact(prepared) if isinstance(prepared, Decimal) else prepared
