"""Tables of sync and the registry of indices, and the triggers that capture changes (`capture.sql`)."""

from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

CAPTURE = Path(__file__).with_name("capture.sql").read_text(encoding="utf-8")
DROP_CAPTURE = """
    DROP FUNCTION indexing_on_product, indexing_on_category_path, indexing_on_inventory, indexing_on_truncate,
        indexing_give_versions, indexing_note, indexing_is_first_note CASCADE;
    DROP SEQUENCE indexing_version;
"""
# Products that an import wrote before this migration.
VERSIONS_FOR_EXISTING_PRODUCTS = """
    INSERT INTO indexing_syncstate (product_id, version, indexed_version, changed_at, due_at, attempts, error)
    SELECT id, nextval('indexing_version'), 0, now(), now(), 0, '' FROM products_product ORDER BY id
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("products", "0001_initial"),
        ("stores", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "transaction", "product_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("transaction", models.BigIntegerField()),
                ("product_id", models.BigIntegerField()),
                ("first", models.BooleanField(default=False, help_text="The first note of its transaction.")),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SyncTally",
            fields=[
                ("minute", models.DateTimeField(primary_key=True, serialize=False)),
                ("synced", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "sync tallies",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="IndexCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField()),
                ("products", models.BigIntegerField(help_text="Searchable products compared.")),
                ("documents", models.BigIntegerField(help_text="Documents compared.")),
                ("missing", models.BigIntegerField()),
                ("stale", models.BigIntegerField()),
                ("extra", models.BigIntegerField()),
                ("pending", models.BigIntegerField()),
                ("parked", models.BigIntegerField()),
                (
                    "remaining",
                    models.BigIntegerField(help_text="Wrong documents left at the end; without a repair, all of them."),
                ),
            ],
            options={
                "ordering": ("-finished_at",),
                "indexes": [models.Index(fields=["-finished_at"], name="indexing_check_latest")],
            },
        ),
        migrations.CreateModel(
            name="PhysicalIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("BUILDING", "building"), ("SERVING", "serving"), ("PREVIOUS", "previous")],
                        max_length=10,
                    ),
                ),
                (
                    "mapping",
                    models.CharField(help_text="Fingerprint of its analysis settings and mapping.", max_length=64),
                ),
                (
                    "loaded_to",
                    models.BigIntegerField(default=0, help_text="While building: products up to this id are loaded."),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("serving_since", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "physical indices",
                "ordering": ("-created_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "PREVIOUS"), _negated=True),
                        fields=("state",),
                        name="indexing_one_serving_one_building",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncState",
            fields=[
                ("product_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                ("indexed_version", models.BigIntegerField(default=0)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="The first change that the index does not have.",
                    ),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0, help_text="Claims since the last success.")),
                (
                    "error",
                    models.TextField(
                        blank=True, default="", help_text="Why the document could not be built or was refused."
                    ),
                ),
            ],
            options={
                "verbose_name": "product in the index",
                "verbose_name_plural": "products in the index",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="indexing_syncstate_due"
                    )
                ],
            },
        ),
        migrations.RunSQL(CAPTURE, DROP_CAPTURE),
        migrations.RunSQL(VERSIONS_FOR_EXISTING_PRODUCTS, migrations.RunSQL.noop),
    ]
