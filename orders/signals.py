"""What others may want to hear of."""

from django.dispatch import Signal

# Sent after commit with `order_id`, for a confirmed order that has an address to write to.
order_confirmed = Signal()
