"""Help texts that say what staff enter, and what an empty field means; no SQL."""

import django.contrib.postgres.fields
from django.db import migrations, models

import api_keys.models


class Migration(migrations.Migration):
    dependencies = [
        ("api_keys", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="caller_rate",
            field=models.CharField(
                blank=True,
                help_text="Requests per shopper address, counted for each kind of request: 300/minute. Leave empty for the default.",
                max_length=40,
                validators=[api_keys.models.validate_rate],
                verbose_name="rate limit per shopper",
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="origins",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=255, validators=[api_keys.models.validate_origin]),
                blank=True,
                default=list,
                help_text="Origins of the pages that may use a publishable key, such as https://shop.example or https://*.example.com. Leave empty to allow all.",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="total_rate",
            field=models.CharField(
                blank=True,
                help_text="All requests with this key together: 10000/minute. Leave empty for no limit.",
                max_length=40,
                validators=[api_keys.models.validate_rate],
                verbose_name="rate limit of the key",
            ),
        ),
    ]
