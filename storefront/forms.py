from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from storefront.basket import MAX_QUANTITY

LARGEST_ID = 2**63 - 1
LARGEST_CHANGE = 1_000_000_000  # units


def reasons(form: forms.Form) -> str:
    """Everything that is wrong with what was sent, in one line."""
    return " ".join(str(reason) for errors in form.errors.values() for reason in errors)


class LineForm(forms.Form):
    """So many of a product; none takes it out."""

    product_id = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, initial=1)


class StockForm(forms.Form):
    """A change of one product's stock: `set` to a quantity, or `adjust` by a difference."""

    kind = forms.ChoiceField(choices=[("adjust", "Add or take away"), ("set", "Set to")])
    units = forms.IntegerField(min_value=-LARGEST_CHANGE, max_value=LARGEST_CHANGE)
    reason = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "set" and cleaned.get("units", 0) < 0:
            self.add_error("units", "A quantity is not negative.")
        return cleaned


class SignInForm(AuthenticationForm):
    """Django's own, with the attributes that password managers and phones look for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class CheckoutForm(forms.Form):
    """What comes with the button: the key and store that the basket was shown with, and where to write to."""

    idempotency_key = forms.UUIDField()
    store_id = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    email = forms.EmailField(required=False, max_length=254)
