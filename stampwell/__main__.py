"""`stampwell …`: our commands and Django's, with the settings already read.

Nothing is imported before the settings are in the environment. What keeps the database running itself is started
without Django, which wants to know the database when it is loaded.
"""

import io
import os
import sys

from stampwell.management.command_list import list_commands
from stampwell.management.settings_file import SettingsTrouble, load_settings
from stampwell.release import our_version

UNKNOWN = "of an unknown version"
HELP = ("help", "--help", "-h")


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without our quotation marks loses no line
    try:
        arguments, file = take_settings_option(sys.argv[1:])
        if arguments in (["--version"], ["version"]):
            print(f"Stampwell {our_version() or UNKNOWN}")
        elif not arguments or (len(arguments) == 1 and arguments[0] in HELP):
            print(list_commands())
        else:
            load_settings(file, os.environ)
            sys.exit(_run(arguments))
    except SettingsTrouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)


def take_settings_option(arguments: list[str]) -> tuple[list[str], str | None]:
    """The other arguments, and the file that is named. Django's own option of this name would be without effect."""
    left, file = [], None
    given = iter(arguments)
    for argument in given:
        name, equals, value = argument.partition("=")
        if name != "--settings":
            left.append(argument)
        elif not (file := value if equals else next(given, "")):
            raise SettingsTrouble("--settings takes the name of a file.")
    return left, file


def _run(arguments: list[str]) -> int:
    """Only now, for the settings are read while this is imported."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    from stampwell.management.command_line import run_command  # noqa: PLC0415

    return run_command(arguments)


if __name__ == "__main__":
    main()
