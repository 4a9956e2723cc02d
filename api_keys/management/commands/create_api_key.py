from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from api_keys.models import ApiKey
from api_keys.services import make_key


class Command(BaseCommand):
    help = "Make a key for a front end and print it, this once: send it in the header X-API-Key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="which front end uses it")
        parser.add_argument(
            "--server", action="store_true", help="a secret key, for a front end that renders on a server"
        )
        parser.add_argument("--origin", action="append", default=[], help="of pages that may use it; repeatable")
        parser.add_argument("--caller-rate", default="", help="limit of each shopper's address, such as 300/minute")
        parser.add_argument("--total-rate", default="", help="rate limit of the key, such as 10000/minute")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            _key, text = make_key(
                name=options["name"],
                kind=ApiKey.Kind.SERVER if options["server"] else ApiKey.Kind.PUBLISHABLE,
                origins=options["origin"],
                caller_rate=options["caller_rate"],
                total_rate=options["total_rate"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(text)
