"""What others may want to hear about products."""

from django.dispatch import Signal

# Sent after the commit of a bulk write with `product_ids: list[int]`, those created or changed. Nothing may rely on it:
# change capture records every change; this only lets the index hear of it at once.
products_changed = Signal()
