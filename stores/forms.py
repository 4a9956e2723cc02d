from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from products.models import Product
from stores.models import Inventory, StockAdjustment, Store


class SelectById(AutocompleteSelect):
    """Unlike Django's own, does not fail on a selected value that cannot be an id."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, [selected for selected in value if str(selected).isdecimal()], attrs)


class AdjustmentForm(forms.Form):
    """Units to add to a store's stock. A new total would undo the sales made meanwhile."""

    store = forms.ModelChoiceField(Store.objects, widget=SelectById(Inventory.store.field, admin.site))
    product = forms.ModelChoiceField(Product.objects, widget=SelectById(Inventory.product.field, admin.site))
    units = forms.IntegerField(help_text="Units to add; negative to subtract.")
    reason = forms.CharField(max_length=StockAdjustment.reason.field.max_length, required=False)
