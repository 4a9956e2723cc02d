"""A category's new parent is locked before its path is read."""

from typing import ClassVar

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("products", "0004_codes_without_opensearch"),
    ]

    operations: ClassVar = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="category",
            name="set_path",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="category",
            trigger=pgtrigger.compiler.Trigger(
                name="set_path",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE above text;",
                    func="\n    IF NEW.parent_id IS NULL THEN\n        NEW.path := NEW.name;\n        RETURN NEW;\n    END IF;\n    IF TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN\n        PERFORM FROM products_category WHERE id = NEW.parent_id FOR KEY SHARE;\n    END IF;\n    IF NEW.parent_id IN (\n        WITH RECURSIVE subtree(id) AS (\n            SELECT NEW.id\n            UNION SELECT c.id FROM products_category c JOIN subtree s ON c.parent_id = s.id\n        ) SELECT id FROM subtree\n    ) THEN\n        RAISE EXCEPTION 'category % cannot be moved below itself', NEW.id USING ERRCODE = 'check_violation';\n    END IF;\n    SELECT path INTO above FROM products_category WHERE id = NEW.parent_id;\n    NEW.path := above || ' > ' || NEW.name;\n    RETURN NEW;\n",
                    hash="8ba05200737bd1eb474b2d0828cc34caf74994f2",
                    operation='INSERT OR UPDATE OF "name", "parent_id", "path"',
                    pgid="pgtrigger_set_path_074c3",
                    table="products_category",
                    when="BEFORE",
                ),
            ),
        ),
    ]
