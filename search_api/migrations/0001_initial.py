"""The tables of search, and the synonyms of a new shop."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

# What shoppers of electronics and office products call the same thing; edited in the admin.
RULES = """
laptop, notebook
tv, television
ps3, playstation 3
ps4, playstation 4
ps5, playstation 5
pc, computer, desktop pc
smartphone, mobile phone, cell phone, cellphone
phone => smartphone, mobile phone, telephone
smart watch, smartwatch
usb stick, usb flash drive, usb drive, flash drive, thumb drive, pen drive
memory stick, memory card
ssd, solid state drive
hdd, hard drive, hard disk, hard disk drive
micro sd, microsd, micro sdhc, micro sdxc
sd card, sdhc card, sdxc card
headphones, headset, earphones, earbuds
monitor, flat screen, computer display
fridge, refrigerator
extension cord, extension cable, power extension
cord, cable, lead
camcorder, video camera
webcam, web camera
docking station, dock, port replicator
ups, uninterruptible power supply
psu, power supply unit
gpu, graphics card, video card
cpu, processor
ram, memory module
wifi, wi-fi, wireless, wlan
laptop bag, notebook case, laptop case, laptop backpack
phone case, mobile phone case, phone cover
phone charger, mobile device charger
projector, beamer
loudspeaker, speaker
home theater, home theatre, home cinema
power bank, portable charger
bluray, blu-ray
dvd drive, dvd writer, dvd burner, optical disc drive
mouse pad, mousepad, mouse mat
gray, grey
color, colour
mp3 player, digital audio player, media player
access point, wap
nas, network attached storage
torch, flashlight
vacuum cleaner, hoover
multifunction printer, all in one printer, mfp
""".strip().splitlines()


def add_default_synonyms(apps: Any, _: Any) -> None:
    synonym = apps.get_model("search_api", "Synonym")
    synonym.objects.bulk_create([synonym(rule=rule) for rule in RULES], ignore_conflicts=True)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("products", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rule",
                    models.CharField(
                        help_text="'tv, television' both ways; 'pc => desktop, computer' one way only.",
                        max_length=300,
                        unique=True,
                    ),
                ),
                ("active", models.BooleanField(default=True)),
            ],
            options={"ordering": ("rule",)},
        ),
        migrations.RunPython(add_default_synonyms, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SearchLogEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("q", models.CharField(max_length=200, verbose_name="query")),
                ("count", models.PositiveIntegerField(verbose_name="hits")),
                (
                    "relaxed",
                    models.BooleanField(
                        default=False, help_text="Hits were found only after the query or its filters were changed."
                    ),
                ),
                ("degraded", models.BooleanField(default=False)),
                ("took_ms", models.FloatField()),
                ("created_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "verbose_name": "search",
                "verbose_name_plural": "searches",
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["created_at"], name="search_log_by_age")],
            },
        ),
        migrations.CreateModel(
            name="SearchClick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("q", models.CharField(max_length=200, verbose_name="query")),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="1 for the first hit.")),
                ("created_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["created_at"], name="search_click_by_age")],
            },
        ),
        migrations.CreateModel(
            name="PopularQuery",
            fields=[
                ("q", models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name="query")),
                ("searches", models.PositiveIntegerField()),
            ],
            options={"verbose_name_plural": "popular queries", "ordering": ("-searches", "q")},
        ),
    ]
