from django.dispatch import Signal

# Sent after the commit of a bulk write with `product_ids: list[int]`, the created or changed
# products. Nothing may rely on it: change capture records every change; this signal only starts the
# sync of the index at once.
products_changed = Signal()
