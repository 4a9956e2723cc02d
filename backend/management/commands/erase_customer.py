from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend import personal_data


class Command(BaseCommand):
    help = "Erase all data of one person, for good. Orders stay, without the person."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "person", help="user name or e-mail address; make sure that the one who asks is this person"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, **options: Any) -> None:
        try:
            person = personal_data.find(options["person"])
            if not options["yes"] and input(f"Erase {person} for good? Type yes: ").strip() != "yes":
                raise CommandError("nothing was erased")
            orders = personal_data.erase(person)
        except (
            personal_data.UnknownPersonError,
            personal_data.AmbiguousPersonError,
            personal_data.StillStaffError,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['person']} was erased; {orders} orders stay without a name.")
