"""`stampwell serve`: see `management.serving`, which runs before Django is loaded."""

from django.core.management.base import BaseCommand

from stampwell.management import serving


class Command(BaseCommand):
    """Hands its arguments on untouched, where somebody calls it through Django."""

    help = "Serve Stampwell: web, worker and the built-in database, until it is told to stop."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(serving.main(argv[2:]))
