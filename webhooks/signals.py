from django.dispatch import Signal

# Sent after each recorded attempt with `kind`, `delivered` (bool) and `seconds`. Receiver: `backend/apps.py`.
attempted = Signal()
