"""How often a code that many are shown was shown here, against how often the till counts it."""

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.languages.formatting import format_number
from stampwell.reconciling.found import CodeFound, Found


class CountedCode(msgspec.Struct, frozen=True):
    code: str
    shown: int
    used: int
    said: str


def counted_codes(found: Found) -> list[CountedCode]:
    return [CountedCode(one.code, one.shown, one.used, _say(one)) for one in found.codes]


def _say(one: CodeFound) -> str:
    if one.used > one.shown:
        more = one.used - one.shown
        said = ngettext(
            "The till counts %(count)s use more than was shown here.",
            "The till counts %(count)s uses more than were shown here.",
            more,
        )
        return said % {"count": format_number(more)}
    if one.shown > one.used:
        more = one.shown - one.used
        said = ngettext(
            "The till counts %(count)s fewer than were shown here.",
            "The till counts %(count)s fewer than were shown here.",
            more,
        )
        return said % {"count": format_number(more)}
    return _("No difference.")
