"""`stampwell draw`: see `management.draw_proof`, which runs before Django is loaded."""

from django.core.management.base import BaseCommand

from stampwell.management import draw_proof


class Command(BaseCommand):
    """Hands its arguments on untouched, where somebody calls it through Django."""

    help = "Check the draws of a month by their file, on any computer."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(draw_proof.main(argv[2:]))
