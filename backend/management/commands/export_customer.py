import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from backend import personal_data


class Command(BaseCommand):
    help = "Print all data of one person as JSON: of an account by its user name, of a guest by the e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "person", help="user name or e-mail address; make sure that the one who asks is this person"
        )

    def handle(self, **options: Any) -> None:
        try:
            found = personal_data.export(personal_data.find(options["person"]))
        except (personal_data.UnknownPersonError, personal_data.AmbiguousPersonError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
