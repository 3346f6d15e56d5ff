"""`stampwell …` is Django's command line with the settings already chosen."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
