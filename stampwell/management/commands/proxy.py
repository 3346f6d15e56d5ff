"""`stampwell proxy`: see `management.proxy_file`, which runs before Django is loaded."""

from django.core.management.base import BaseCommand

from stampwell.management import proxy_file


class Command(BaseCommand):
    """Hands its arguments on untouched, where somebody calls it through Django."""

    help = "Write the file with which Caddy or nginx speaks https in front of this installation."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(proxy_file.main(argv[2:]))
