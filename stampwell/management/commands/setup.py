"""`stampwell setup`: see `management.setting_up`, which runs before Django is loaded."""

from django.core.management.base import BaseCommand

from stampwell.management import setting_up


class Command(BaseCommand):
    """Hands its arguments on untouched, where somebody calls it through Django."""

    help = "Ask five questions and write the settings file; with --systemd a unit as well."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(setting_up.main(argv[2:]))
