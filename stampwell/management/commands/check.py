"""`stampwell check`: see `management.checking`, which looks before Django is loaded.

Django has a command of this name for developers, which looks at the code.
"""

from django.core.management.commands import check


class Command(check.Command):
    """Only who calls it through Django comes here."""

    help = "Say in a line each what is good and what is not, with what to do."
