from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import BigIntegerField

from orders.models import TOTAL_DIGITS
from storefront.basket import MAX_QUANTITY

MAX_CHANGE = 1_000_000_000  # units
MOST_DECIMALS = 4  # of a currency (ISO 4217)


def error_text(form: forms.Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


class LineForm(forms.Form):
    """A basket line; quantity 0 removes it."""

    product_id = forms.IntegerField(min_value=1, max_value=BigIntegerField.MAX_BIGINT)
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, initial=1)


class StockForm(forms.Form):
    """A change of one product's stock: `set` to a quantity, or `adjust` by a difference."""

    kind = forms.ChoiceField(choices=[("adjust", "Adjust by"), ("set", "Set to")])
    units = forms.IntegerField(min_value=-MAX_CHANGE, max_value=MAX_CHANGE)
    reason = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "set" and cleaned.get("units", 0) < 0:
            self.add_error("units", "A quantity cannot be negative.")
        return cleaned


class SignInForm(AuthenticationForm):
    """Django's form with the attributes that password managers and phones look for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class CheckoutForm(forms.Form):
    """The key, the store and the total that the basket was shown with, and an address for the confirmation."""

    idempotency_key = forms.UUIDField()
    store_id = forms.IntegerField(min_value=1, max_value=BigIntegerField.MAX_BIGINT)
    total = forms.DecimalField(
        min_value=0, max_digits=TOTAL_DIGITS + MOST_DECIMALS, decimal_places=MOST_DECIMALS, required=False
    )
    email = forms.EmailField(required=False, max_length=254)
