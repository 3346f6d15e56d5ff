"""`stampwell upgrade`: see `management.upgrading`, which runs before Django is loaded."""

from django.core.management.base import BaseCommand

from stampwell.management import upgrading


class Command(BaseCommand):
    """Hands its arguments on untouched, where somebody calls it through Django."""

    help = "Back everything up and bring the data to this release; what serves may go on meanwhile."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(upgrading.main(argv[2:]))
