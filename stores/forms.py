"""Forms of the admin."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from products.models import Product
from stores.models import Inventory, StockAdjustment, Store


class SelectById(AutocompleteSelect):
    """Django's own asks the database for whatever is chosen, and fails on what no id can be."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [chosen for chosen in value if str(chosen).isdecimal()], attrs)


class AdjustmentForm(forms.Form):
    """Units to add to a store's stock of a product. Not a new total: that would undo a sale made meanwhile."""

    store = forms.ModelChoiceField(Store.objects, widget=SelectById(Inventory.store.field, admin.site))
    product = forms.ModelChoiceField(Product.objects, widget=SelectById(Inventory.product.field, admin.site))
    units = forms.IntegerField(help_text="How many came in; negative for how many went.")
    reason = forms.CharField(max_length=StockAdjustment.reason.field.max_length, required=False)
