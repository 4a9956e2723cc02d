from pathlib import Path

from django.db import migrations

SORT_KEY = Path(__file__).with_name("sort_key.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [migrations.RunSQL(SORT_KEY, "DROP FUNCTION foundation_sort_key(text)")]
