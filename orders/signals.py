from django.dispatch import Signal

# Sent after the commit with `order_id`, for a confirmed order that has an e-mail address.
order_confirmed = Signal()
