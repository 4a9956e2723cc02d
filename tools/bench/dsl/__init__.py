"""The same shop kept in the index by django-opensearch-dsl's own Celery signal processor and command.

Its document is ours, and every related model is declared as its documentation asks: what differs is how changes get
there.
"""
