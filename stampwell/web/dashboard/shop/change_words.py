"""A change at the desk in words: one sentence for each kind, and each field before and after."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from stampwell.events.models import DeskChange
from stampwell.languages.formatting import (
    Money,
    format_date,
    format_list,
    format_money,
    format_number,
    name_weekday,
)
from stampwell.merchants.access import Scope
from stampwell.merchants.holidays import Holiday, read_holidays
from stampwell.merchants.hours import say_span
from stampwell.merchants.protection import LIMITS_OF_DAY
from stampwell.redeem_codes.handed_out_words import HANDED_OUT_WORDS
from stampwell.redeem_codes.till_file_words import TILL_NAMES
from stampwell.web.dashboard.country_defaults import list_locales
from stampwell.web.dashboard.exports.forms import FORMAT_WORDS, SUBJECT_WORDS
from stampwell.web.dashboard.shop.forms import SCOPE_WORDS
from stampwell.web.dashboard.team.forms import ROLE_WORDS
from stampwell.web.dashboard.team.oddity_words import TITLES as ODDITY_WORDS

SENTENCES = {
    "person.added": gettext_lazy("%(name)s was added to the team."),
    "person.changed": gettext_lazy("Name or role of %(name)s was changed."),
    "person.left": gettext_lazy("%(name)s was removed from the team."),
    "pin.changed": gettext_lazy("The PIN of %(name)s was changed."),
    "pin.unlocked": gettext_lazy("The PIN of %(name)s was unlocked."),
    "invitation.sent": gettext_lazy("An invitation to the team was sent to %(name)s."),
    "invitation.withdrawn": gettext_lazy("The invitation of %(name)s was taken back."),
    "oddity.seen": gettext_lazy("What looked odd about %(name)s was reviewed and is fine."),
    "device.invited": gettext_lazy("A code to connect the device “%(name)s” was made."),
    "device.renamed": gettext_lazy("The device “%(name)s” was renamed."),
    "device.changed": gettext_lazy("What the device “%(name)s” may do alone was changed."),
    "device.revoked": gettext_lazy("The device “%(name)s” was switched off."),
    "key.made": gettext_lazy("The API key “%(name)s” was made."),
    "key.revoked": gettext_lazy("The API key “%(name)s” was switched off."),
    "location.added": gettext_lazy("The location “%(name)s” was added."),
    "location.changed": gettext_lazy("The location “%(name)s” was changed."),
    "location.closed": gettext_lazy("The location “%(name)s” was closed for good."),
    "location.opened": gettext_lazy("The location “%(name)s” was opened again."),
    "shop.changed": gettext_lazy("The settings of the shop “%(name)s” were changed."),
    "customer.merged": gettext_lazy("Two customers were merged."),
    "customer.separated": gettext_lazy("The merge of two customers was undone."),
    "program.published": gettext_lazy("The program “%(name)s” was published."),
    "program.changed": gettext_lazy("The program “%(name)s” was changed."),
    "program.paused": gettext_lazy("The program “%(name)s” was paused."),
    "program.resumed": gettext_lazy("The program “%(name)s” was continued."),
    "program.closed": gettext_lazy("The program “%(name)s” was ended."),
    "program.announced": gettext_lazy("Other terms of the program “%(name)s” were announced."),
    "program.taken_back": gettext_lazy("Announced terms of the program “%(name)s” were taken back."),
    "program.priced": gettext_lazy("What rewards cost and what visits bring in was changed in the program “%(name)s”."),
    "program.drafted": gettext_lazy("A draft of the program “%(name)s” was saved."),
    "program.draft_deleted": gettext_lazy("The draft of the program “%(name)s” was deleted."),
    "receipt_codes.made": gettext_lazy("The receipt codes “%(name)s” were made."),
    "receipt_codes.revoked": gettext_lazy("The receipt codes “%(name)s” were withdrawn."),
    "code_pool.made": gettext_lazy("The list of codes “%(name)s” was made."),
    "code_pool.changed": gettext_lazy("The list of codes “%(name)s” was changed."),
    "code_pool.archived": gettext_lazy("The list of codes “%(name)s” was archived."),
    "codes.added": gettext_lazy("Codes were added to the list “%(name)s”."),
    "codes.made": gettext_lazy("Codes were made for the list “%(name)s”."),
    "codes.exported": gettext_lazy("Codes of the list “%(name)s” were exported."),
    "codes.released": gettext_lazy("The till has codes that were made for the list “%(name)s”."),
    "codes.opened": gettext_lazy("Codes of vouchers are read again at the shop “%(name)s”."),
    "codes.withdrawn": gettext_lazy("Codes of the list “%(name)s” were withdrawn."),
    "export.asked": gettext_lazy("A file of the shop’s data was requested."),
    "import.begun": gettext_lazy("The file “%(name)s” was imported."),
    "import.undone": gettext_lazy("The import of the file “%(name)s” was undone."),
    "import.mailed": gettext_lazy("The links of the cards from the file “%(name)s” were sent by email."),
    "report.begun": gettext_lazy("A comparison of the till’s report “%(name)s” was started."),
}
FIELDS = {
    "name": pgettext_lazy("of a place or thing", "Name"),
    "role": gettext_lazy("Role"),
    "location": gettext_lazy("Location"),
    "scopes": gettext_lazy("What can it do?"),
    "address": gettext_lazy("Address"),
    "time_zone": gettext_lazy("Time zone"),
    "opening_hours": gettext_lazy("Opening hours"),
    "holidays": gettext_lazy("Holidays"),
    "position": gettext_lazy("Position on the map"),
    "locale": gettext_lazy("Language of the shop"),
    "currency": gettext_lazy("Currency"),
    "most_stamps_at_once": gettext_lazy("Maximum stamps at once"),
    "most_stamps_with_override": gettext_lazy("Maximum stamps at once before the pause is over"),
    "most_stamps_on_card_a_day": gettext_lazy("Stamps on one card in a day"),
    "most_stamps_by_person_a_day": gettext_lazy("Stamps by one person in a day"),
    "most_overrides_by_person_a_day": gettext_lazy("How often one person stamps before the pause is over, in a day"),
    "most_stamps_by_device_a_day": gettext_lazy("Stamps by one device in a day"),
    "restoring_needs_manager": gettext_lazy("Restoring a used voucher at the scanner needs a manager"),
    "offline_rewards": gettext_lazy("Rewards without a connection, up to a cost of"),
    "writes_to_customers": gettext_lazy("I send customers messages myself"),
    "stamps_from_paper": gettext_lazy("Most stamps from one old card"),
    "papers_a_day": gettext_lazy("Old cards by one person a day"),
    "erases_after": gettext_lazy("Customers who no longer come"),
    "legal_name": gettext_lazy("Name of the company or person"),
    "legal_form": gettext_lazy("Legal form"),
    "registration_number": gettext_lazy("Registration number"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "words": gettext_lazy("In your own words"),
    "link": gettext_lazy("Your own page about privacy"),
    "version": gettext_lazy("Version"),
    "goal": gettext_lazy("Number of stamps"),
    "rewards": gettext_lazy("Rewards"),
    "reward_cost": gettext_lazy("What one reward costs you"),
    "visit_value": gettext_lazy("What one visit brings in on average"),
    "codes": gettext_lazy("Number of codes"),
    "till": gettext_lazy("Till"),
    "handed_out": gettext_lazy("When a voucher gets its code"),
    "low_at": gettext_lazy("Warn when so few are left"),
    "has_fallback": gettext_lazy("Code for when none is left"),
    "pause_seconds": gettext_lazy("Minutes between two stamps on one card"),
    "most_a_day": gettext_lazy("Most stamps a day on one card"),
    "shows_code": gettext_lazy("The code on the screen also gives stamps"),
    "hands_over": gettext_lazy("A scanned voucher is used at once"),
    "subject": gettext_lazy("Content"),
    "format": gettext_lazy("Kind of file"),
    "reason": gettext_lazy("Reason"),
}
_FIELDS_OF_PEOPLE = {"name": gettext_lazy("Name")}
_ROLES = {role.value: word for role, word in ROLE_WORDS.items()}


class FieldChange(msgspec.Struct, frozen=True):
    """`reward` says whose term it is, where it is one of a reward."""

    name: str
    before: str
    after: str
    reward: str = ""


def say_change(change: DeskChange, names: Mapping[UUID, str]) -> str:
    """`names` are of programs, in the reader's language; one that is not there is named as it was then.

    A kind that this release does not know, from a later one, is named by its code."""
    sentence = SENTENCES.get(change.kind)
    name = names.get(change.subject_id, "") if change.subject_id else ""
    return str(sentence) % {"name": name or change.name} if sentence else change.kind


def field_changes(change: DeskChange) -> list[FieldChange]:
    names = [name for name in FIELDS if name in change.before or name in change.after]
    words = FIELDS | _FIELDS_OF_PEOPLE if change.kind.startswith("person.") else FIELDS
    told = [FieldChange(str(words[name]), _say_of(change.before, name), _say_of(change.after, name)) for name in names]
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


def _say_hours(week: dict[str, list[list[str]]] | None) -> str:
    if not week:
        return _("Always open")
    return "; ".join(
        f"{name_weekday(int(day) - 1)} {', '.join(f'{begin}–{end}' for begin, end in spans)}"
        for day, spans in sorted(week.items())
    )


def _say_yes(value: bool | None) -> str:  # noqa: FBT001 - one value of a field, as all of them
    return "" if value is None else _("Yes") if value else _("No")


def _say_money(value: tuple[int, str] | None) -> str:
    return format_money(Money(*value)) if value else ""


def _say_holiday(holiday: Holiday) -> str:
    days = [format_date(day) for day in (holiday.first_day, holiday.last_day)]
    said = [holiday.name, days[0] if days[0] == days[1] else f"{days[0]}–{days[1]}"]
    said += [_("Every year")] if holiday.every_year else []
    hours = ", ".join(say_span(span) for span in holiday.hours) or pgettext("a shop, on a day", "Closed")
    return ", ".join(part for part in [*said, hours] if part)


_SAYING: Mapping[str, Callable[[Any], str]] = {
    "role": lambda value: str(_ROLES.get(str(value), value or "")),
    "locale": lambda value: dict(list_locales()).get(str(value), str(value or "")),
    "subject": lambda value: str(SUBJECT_WORDS.get(value, value or "")),
    "format": lambda value: str(FORMAT_WORDS.get(value, value or "")),
    "reason": lambda value: str(ODDITY_WORDS.get(value, value or "")),
    "scopes": _say_scopes,
    "opening_hours": _say_hours,
    "reward_cost": _say_money,
    "visit_value": _say_money,
    "holidays": lambda value: "; ".join(_say_holiday(one) for one in read_holidays(value or [])),
    "erases_after": lambda value: (
        _("Never") if value is None else _("Deleted after %(months)s months") % {"months": value}
    ),
    **dict.fromkeys(
        [*LIMITS_OF_DAY, "most_a_day"], lambda value: _("No limit") if value is None else format_number(value)
    ),
    "pause_seconds": lambda value: format_number(value // 60),
    "shows_code": _say_yes,
    "hands_over": _say_yes,
    "restoring_needs_manager": _say_yes,
    "offline_rewards": lambda value: _say_money(value) or _("Not allowed"),
    "has_fallback": _say_yes,
    "till": lambda value: str(TILL_NAMES.get(value, value or "")),
    "handed_out": lambda value: str(HANDED_OUT_WORDS.get(value, value or "")),
    "writes_to_customers": _say_yes,
    "position": lambda value: f"{value['latitude']}, {value['longitude']}" if value else "",
}
