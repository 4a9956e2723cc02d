"""The same project with the Celery signal processor and the commands of django-opensearch-dsl.

The document is ours, and every related model is declared as the library's documentation asks; only
the way in which changes reach the index differs.
"""
