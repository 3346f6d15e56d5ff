"""`stampwell …` is Django's command line with the settings already chosen."""

import os
import sys

from django.core.management import execute_from_command_line

from stampwell.management.maintenance import is_maintenance, lift_statement_limit


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    if is_maintenance(sys.argv):
        lift_statement_limit()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
