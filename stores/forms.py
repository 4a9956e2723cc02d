"""Forms of the admin."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from products.models import Product
from stores.models import Inventory, StockAdjustment, Store


class AdjustmentForm(forms.Form):
    """Units to add to a store's stock of a product. Not a new total: that would undo a sale made meanwhile."""

    store = forms.ModelChoiceField(Store.objects, widget=AutocompleteSelect(Inventory.store.field, admin.site))
    product = forms.ModelChoiceField(Product.objects, widget=AutocompleteSelect(Inventory.product.field, admin.site))
    units = forms.IntegerField(help_text="How many came in; negative for how many went.")
    reason = forms.CharField(max_length=StockAdjustment.reason.field.max_length, required=False)
