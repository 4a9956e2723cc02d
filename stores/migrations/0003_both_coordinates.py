from typing import ClassVar

from django.db import migrations, models

HALF_A_PLACE = """
    UPDATE stores_store SET latitude = NULL, longitude = NULL WHERE (latitude IS NULL) <> (longitude IS NULL)
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0002_sort_key")]

    operations: ClassVar = [
        migrations.RunSQL(HALF_A_PLACE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="store",
            constraint=models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="stores_store_both_coordinates",
                violation_error_message="A place has a latitude and a longitude: enter both or neither.",
            ),
        ),
    ]
