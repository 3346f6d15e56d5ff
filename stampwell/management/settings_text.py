"""The settings file as `stampwell setup` writes it: each setting with what it is."""

from collections.abc import Mapping

from stampwell.clock import now
from stampwell.management.settings_file import quoted

HEAD = """\
# The settings of Stampwell, written by `stampwell setup` on {day}.
# Each line is NAME=value; what holds more than letters, digits and ._/:@%+,=- stands between single quotes.
# docs/operating/settings.md lists them all. After a change start Stampwell again.
"""
SAID = {
    "STAMPWELL_BASE_URL": "The address that people open. Links and QR codes begin with it, on posters too.",
    "STAMPWELL_WITHOUT_HTTPS": "An address that is not https is meant so. Phones give the scanner no camera there.",
    "STAMPWELL_LISTEN": "Where the web server listens.",
    "STAMPWELL_TRUSTED_PROXIES": "From where the proxy connects. Only it is believed who a visitor is.",
    "STAMPWELL_TLS_CERTIFICATE": "The certificate of the address and its key. A renewed one is read by itself.",
    "STAMPWELL_DATA": "The data folder. It holds the keys of all links: back it up, and never lose it.",
    "DATABASE_URL": "The database. Without this line Stampwell runs its own in the data folder.",
    "STAMPWELL_MAIL_HOST": "The mail server. `stampwell mail check you@example.com` sends a trial.",
    "STAMPWELL_ALARM_TO": "Who gets a mail when something is wrong with the server.",
    "STAMPWELL_FIRST_OWNER": "Who is invited at the first start, while nobody has an account.",
    "STAMPWELL_OPEN_SHOPS": "Whether strangers may open shops here. `stampwell user invite EMAIL` invites somebody.",
}


def settings_text(settings: Mapping[str, str]) -> str:
    names = [*(name for name in SAID if name in settings), *sorted(settings.keys() - SAID.keys())]
    names.sort(key=_place_of)
    lines = [HEAD.format(day=f"{now():%d %B %Y}")]
    for name in names:
        said = f"\n# {SAID[name]}\n" if name in SAID else ""
        lines.append(f"{said}{name}={quoted(settings[name])}\n")
    if "STAMPWELL_MAIL_HOST" not in settings:
        lines.append(
            "\n# Without a mail server nobody gets a new password by mail.\n# STAMPWELL_MAIL_HOST=smtp.example.com\n"
        )
    return "".join(lines)


def _place_of(name: str) -> tuple[int, int, str]:
    """Its own, or behind the one that it belongs to: STAMPWELL_MAIL_USER comes behind STAMPWELL_MAIL_HOST."""
    order = list(SAID)
    if name in order:
        return order.index(name), 0, name
    family = name.rpartition("_")[0]
    near = next((place for place, other in enumerate(order) if other.startswith(f"{family}_")), len(order))
    return near, 1, name
