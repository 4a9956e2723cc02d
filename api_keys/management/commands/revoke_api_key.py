from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from api_keys.models import ApiKey
from api_keys.selectors import digest_of
from api_keys.services import revoke


class Command(BaseCommand):
    help = "Revoke a key; each web server refuses it within 30 seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the key, or its beginning as the admin shows it")

    def handle(self, *_: Any, **options: Any) -> None:
        text = options["key"]
        found = ApiKey.objects.filter(Q(digest=digest_of(text)) | Q(beginning=text), revoked_at=None)
        if (count := found.count()) != 1:
            raise CommandError(f"{count or 'no'} active keys begin with that: nothing was revoked.")
        name = str(found.get())
        revoke(found)
        self.stdout.write(f"Revoked: {name}")
