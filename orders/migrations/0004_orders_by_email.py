from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False  # so that orders go on while the index is built
    dependencies = [("orders", "0003_access_of_guests")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(Lower("email"), condition=~models.Q(email=""), name="orders_order_by_email"),
        ),
    ]
