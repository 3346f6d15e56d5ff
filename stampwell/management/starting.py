"""Makes database and files ready to be served, if they fit this program.

The web server does it before it serves, with what it has loaded; `python -m stampwell.management.starting` is for a
worker without a web server.

Looks first, so that a refused start has changed nothing. It needs the settings in its environment, DATABASE_URL too.
"""

import argparse
import os
import signal
import sys

import django
from django.core.management.base import CommandError

from stampwell.database import DatabaseTrouble
from stampwell.database.leash import tie_to_parent
from stampwell.environment import read_first_owner
from stampwell.log_lines import say
from stampwell.management.maintenance import lift_statement_limit
from stampwell.management.preparing import make_ready
from stampwell.management.refused import refusals_explained


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m stampwell.management.starting")
    parser.add_argument("--clock-is-right", action="store_true")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    return _prepare(clock_is_right=options.clock_is_right)


def prepare_to_serve(*, clock_is_right: bool) -> None:
    """In a process of its own, which ends with the one that started it, and with 1 where nothing may be served."""
    tie_to_parent(signal.SIGTERM)
    sys.exit(_prepare(clock_is_right=clock_is_right))


def _prepare(*, clock_is_right: bool) -> int:
    django.setup()
    lift_statement_limit()
    try:
        with refusals_explained():
            trouble = make_ready(clock_is_right=clock_is_right)
            if not trouble:
                _greet_first_owner()
    except (DatabaseTrouble, CommandError) as error:
        trouble = str(error)
    except OSError as error:
        which = f" {error.filename}" if error.filename else ""
        trouble = f"A file{which} could not be written: {error.strerror}. Mend that, then start again."
    if trouble:
        say(trouble)
    return 1 if trouble else 0


def _greet_first_owner() -> None:
    from stampwell.management.invitation import invite_first_owner

    if told := invite_first_owner(*read_first_owner(os.environ)):
        say(told)


if __name__ == "__main__":
    sys.exit(main())
