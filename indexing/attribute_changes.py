"""Notes the products of changed attributes, in steps, so that no edit waits for a large catalogue.

A trigger records each changed attribute in `AttributeChange`. A step notes the products of a range
of ids that have values of it, and commits: they get new versions and are synced like any others.
"""

from django.db import connection, transaction

from indexing import generation
from indexing.models import AttributeChange

STEP = 5_000  # products read in one transaction: about 0.1 s

_NOTE = """
    WITH range AS (
        SELECT id, attributes FROM products_product WHERE id > %(done_to)s ORDER BY id LIMIT %(step)s
    ), first AS (
        SELECT indexing_note(0)
    ), affected AS (
        SELECT id FROM range
        WHERE EXISTS (SELECT FROM jsonb_object_keys(attributes) AS code WHERE code = ANY(%(codes)s))
    ), noted AS (
        INSERT INTO indexing_change (transaction, product_id, first)
        SELECT pg_current_xact_id()::text::bigint, id, false FROM affected, first
        ON CONFLICT DO NOTHING
    ), stale AS (
        INSERT INTO indexing_staleterms (product_id) SELECT id FROM affected ORDER BY id
    )
    SELECT count(*), max(id) FROM range
"""


def note_all() -> None:
    """Take all steps."""
    while AttributeChange.objects.exists():
        note_next(wait=True)


def note_next(*, wait: bool = False) -> None:
    """Take one step, if any is to be taken. Another worker's steps are left to it, or waited for."""
    if not AttributeChange.objects.exists():
        return
    with transaction.atomic(durable=True):
        changes = AttributeChange.objects.select_for_update(skip_locked=not wait).order_by("code")
        done_to_of = dict(changes.values_list("code", "done_to"))
        if not done_to_of:
            return
        # Attributes that changed later catch up first, and then share the steps.
        done_to = min(done_to_of.values())
        codes = [code for code, at in done_to_of.items() if at == done_to]
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, {"done_to": done_to, "step": STEP, "codes": codes})
            read, last = cursor.fetchone()
        stepped = AttributeChange.objects.filter(code__in=codes)
        if read == STEP:
            stepped.update(done_to=last)
        else:
            stepped.delete()
    generation.bump()  # cached results show labels
