"""A change at the desk in words: one sentence for each kind, and each field before and after."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.events.models import DeskChange
from stampwell.insight.oddity_words import TITLES as ODDITY_WORDS
from stampwell.journal.change_sentences import FIELDS, say_field, say_kind
from stampwell.languages.formatting import Money, format_date, format_list, format_money, format_number
from stampwell.merchants.access import Scope
from stampwell.merchants.holidays import read_holidays
from stampwell.merchants.hours_words import say_holiday, say_week
from stampwell.merchants.protection import LIMITS_OF_DAY
from stampwell.merchants.team_words import ROLE_WORDS
from stampwell.redeem_codes.formats import FORMATS
from stampwell.redeem_codes.handed_out_words import HANDED_OUT_WORDS
from stampwell.redeem_codes.till_file_words import TILL_NAMES
from stampwell.web.dashboard.country_defaults import list_locales
from stampwell.web.dashboard.exports.forms import FORMAT_WORDS, SUBJECT_WORDS
from stampwell.web.dashboard.shop.forms import SCOPE_WORDS

_ROLES = {role.value: word for role, word in ROLE_WORDS.items()}


class FieldChange(msgspec.Struct, frozen=True):
    """`reward` says whose term it is, where it is one of a reward."""

    name: str
    before: str
    after: str
    reward: str = ""


def say_change(change: DeskChange, names: Mapping[UUID, str]) -> str:
    """`names` are of programs, in the reader's language; one that is not there is named as it was then."""
    name = names.get(change.subject_id, "") if change.subject_id else ""
    return say_kind(change.kind, name or change.name)


def field_changes(change: DeskChange) -> list[FieldChange]:
    names = [name for name in FIELDS if name in change.before or name in change.after]
    told = [
        FieldChange(say_field(change.kind, name), _say_of(change.before, name), _say_of(change.after, name))
        for name in names
    ]
    return [one for one in told if one.before or one.after]


def _say_of(fields: Mapping[str, Any], name: str) -> str:
    """Of what was made there is no before: it was not "always open" then."""
    return _say(name, fields.get(name)) if fields else ""


def _say(name: str, value: Any) -> str:
    if say := _SAYING.get(name):
        return say(value)
    if isinstance(value, list):
        return format_list([str(one) for one in value])
    return "" if value is None else str(value)


def _say_scopes(scopes: list[str] | None) -> str:
    known = set(Scope)
    return format_list([str(SCOPE_WORDS[Scope(scope)]) for scope in scopes or [] if scope in known])


def _say_yes(value: bool | None) -> str:  # noqa: FBT001 - one value of a field, as all of them
    return "" if value is None else _("Yes") if value else _("No")


def _say_money(value: tuple[int, str] | None) -> str:
    return format_money(Money(*value)) if value else ""


_SAYING: Mapping[str, Callable[[Any], str]] = {
    "role": lambda value: str(_ROLES.get(str(value), value or "")),
    "locale": lambda value: dict(list_locales()).get(str(value), str(value or "")),
    "subject": lambda value: str(SUBJECT_WORDS.get(value, value or "")),
    "format": lambda value: str(FORMAT_WORDS.get(value, value or "")),
    "reason": lambda value: str(ODDITY_WORDS.get(value, value or "")),
    "scopes": _say_scopes,
    "opening_hours": say_week,
    "reward_cost": _say_money,
    "visit_value": _say_money,
    "holidays": lambda value: "; ".join(say_holiday(one) for one in read_holidays(value or [])),
    "erases_after": lambda value: (
        _("Never") if value is None else _("Deleted after %(months)s months") % {"months": value}
    ),
    **dict.fromkeys(
        [*LIMITS_OF_DAY, "most_a_day"], lambda value: _("No limit") if value is None else format_number(value)
    ),
    "pause_seconds": lambda value: format_number(value // 60),
    "shown_from": lambda value: format_date(date.fromisoformat(value)) if value else "",
    "old_last_day": lambda value: format_date(date.fromisoformat(value)) if value else "",
    "shows_code": _say_yes,
    "hands_over": _say_yes,
    "restoring_needs_manager": _say_yes,
    "offline_rewards": lambda value: _say_money(value) or _("Not allowed"),
    "has_fallback": _say_yes,
    "shown_as": lambda value: str(FORMATS[value].name if value in FORMATS else value or ""),
    "till": lambda value: str(TILL_NAMES.get(value, value or "")),
    "handed_out": lambda value: str(HANDED_OUT_WORDS.get(value, value or "")),
    "writes_to_customers": _say_yes,
    "position": lambda value: f"{value['latitude']}, {value['longitude']}" if value else "",
}
