"""`python -m stampwell.languages extract | update | compile | check`."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"

from stampwell.languages.catalogues import compile_catalogues, update_catalogues
from stampwell.languages.checking import find_problems
from stampwell.languages.extracting import extract_messages, first_form


def show_messages() -> int:
    for message in sorted(extract_messages(), key=lambda message: first_form(message.id)):
        if message.id:
            print(first_form(message.id))
    return 0


def update() -> int:
    for file in update_catalogues():
        print(f"changed {file}")
    return 0


def compile_all() -> int:
    for file in compile_catalogues():
        print(f"compiled {file}")
    return 0


def check() -> int:
    problems = find_problems()
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


COMMANDS = {"extract": show_messages, "update": update, "compile": compile_all, "check": check}

if __name__ == "__main__":
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) == 2 else "")
    sys.exit(command() if command else __doc__)
