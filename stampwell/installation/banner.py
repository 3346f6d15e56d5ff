"""A sentence of whoever runs the server, above every page of the desk and of the scanner while its time lasts."""

from datetime import datetime

import msgspec

from stampwell.clock import now
from stampwell.installation.models import Banner
from stampwell.transactions import ask_row

_NAME = "all"
_SHOWN = "SELECT texts FROM banner WHERE name = %(name)s AND begins <= %(now)s AND ends > %(now)s"


class _ShownRow(msgspec.Struct, frozen=True):
    """`texts` is JSON."""

    texts: str


def set_banner(texts: dict[str, str], *, begins: datetime, ends: datetime) -> None:
    """Takes the place of the one before."""
    Banner.objects.update_or_create(name=_NAME, defaults={"texts": texts, "begins": begins, "ends": ends})


def remove_banner() -> None:
    Banner.objects.all().delete()


def read_banner() -> Banner | None:
    """Whether or not its time has come; None where none is set, or its time is over."""
    return Banner.objects.filter(name=_NAME, ends__gt=now()).first()


def banner_now() -> dict[str, str]:
    """Its texts by language, while it is shown; nothing otherwise. Every page asks."""
    found = ask_row(_ShownRow, _SHOWN, {"name": _NAME, "now": now()})
    return msgspec.json.decode(found.texts, type=dict[str, str]) if found else {}
