"""`stampwell dev`: the same as bin/dev, for an installation without the repository."""

from django.core.management.base import BaseCommand

from stampwell.management import development


class Command(BaseCommand):
    """Hands its arguments on untouched: the options and their help are those of bin/dev."""

    help = "Serves the whole product on this machine, with a demo shop, until Ctrl-C."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(development.main(argv[2:]))
