"""What shoppers of electronics and office products call the same thing by. A shop edits them in the admin."""

from typing import Any

from django.db import migrations

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


def add_rules(apps: Any, _: Any) -> None:
    synonym = apps.get_model("search_api", "Synonym")
    synonym.objects.bulk_create([synonym(rule=rule) for rule in RULES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("search_api", "0001_initial")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
