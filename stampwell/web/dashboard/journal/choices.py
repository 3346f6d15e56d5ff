"""What the journal can be filtered by: everybody and everything that did something here, also those that are gone."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stampwell.ids import public_id
from stampwell.insight.event_stretches import KnownKind
from stampwell.journal.searching import MOST, Sought
from stampwell.journal.wanted import NARROW, Group, Narrow, Period, Wanted
from stampwell.languages.formatting import format_number, name_weekday
from stampwell.languages.offered import active_locale
from stampwell.languages.ordering import sorted_by_name
from stampwell.languages.period_names import name_hours
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.refusal import REFUSALS
from stampwell.transactions import Statements


class Choice(msgspec.Struct, frozen=True):
    value: str
    name: str
    is_chosen: bool


class Filter(msgspec.Struct, frozen=True):
    """A list to choose from; `field` is its name in the address."""

    field: str
    label: str
    everything: str
    choices: list[Choice]


class Chip(msgspec.Struct, frozen=True):
    """Something that is asked for; following `without` asks for all but that."""

    name: str
    without: str


class _ProgramRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str  # JSON, as the driver is told to leave it


_GROUP_NAMES: dict[Group | Narrow | None, Promise] = {
    None: gettext_lazy("Everything"),
    "stamps": gettext_lazy("Stamps"),
    "given": gettext_lazy("Stamps, also those undone"),
    "rewards": gettext_lazy("Rewards"),
    "earned": gettext_lazy("Rewards earned"),
    "handed_out": gettext_lazy("Rewards handed out"),
    "cards": gettext_lazy("Cards"),
    "new_cards": gettext_lazy("New cards"),
    "refused": gettext_lazy("Refused"),
    "undone": gettext_lazy("Undone"),
    "shop": gettext_lazy("Shop and team"),
}
_PROGRAMS = """
    SELECT p.id, v.name::text AS name FROM program p
    JOIN program_version v ON v.merchant_id = p.merchant_id AND v.id = p.current_version_id
    WHERE p.merchant_id = %s
"""


def filters_of(tx: Statements, merchant: Merchant, kinds: Iterable[KnownKind], wanted: Wanted) -> list[Filter]:
    """A list with nothing to choose between is left out, unless something of it is chosen already."""
    kinds = list(kinds)
    people, devices = {kind.staff_member_id for kind in kinds}, {kind.device_id for kind in kinds}
    places, programs = {kind.location_id for kind in kinds}, {kind.program_id for kind in kinds}
    names = names_of(tx, people | devices | places) | _program_names(tx, merchant)
    found = [
        _filter("person", _("Person"), _("Everyone"), "stf", people, names, wanted.person),
        _filter("device", _("Device"), _("All devices"), "dev", devices, names, wanted.device),
        _filter("location", _("Location"), _("All locations"), "loc", places, names, wanted.location),
        _filter("program", _("Program"), _("All programs"), "prg", programs, names, wanted.program),
    ]
    return [one for one in found if len(one.choices) > 1 or any(choice.is_chosen for choice in one.choices)]


def _filter(
    field: str,
    label: str,
    everything: str,
    kind: str,
    ids: set[UUID | None],
    names: dict[UUID, str],
    chosen: UUID | None,
) -> Filter:
    choices = [Choice(public_id(kind, id), names[id], id == chosen) for id in ids if id and id in names]
    return Filter(field, label, everything, sorted_by_name(choices, lambda choice: choice.name))


def _program_names(tx: Statements, merchant: Merchant) -> dict[UUID, str]:
    return {
        row.id: text_in(msgspec.json.decode(row.name, type=dict[str, str]), active_locale(), merchant.locale)
        for row in tx.rows(_ProgramRow, _PROGRAMS, (tx.merchant_id,))
    }


def chips_of(wanted: Wanted, filters: list[Filter]) -> list[Chip]:
    """A group has its own row of links, so it is not among them; a part of one is."""
    chosen = [
        Chip(choice.name, wanted.query(**{one.field: ""}))
        for one in filters
        for choice in one.choices
        if choice.is_chosen
    ]
    if wanted.group in NARROW:
        chosen = [Chip(name_group(wanted.group), wanted.query(kind=NARROW[wanted.group][0])), *chosen]
    if wanted.reason:
        chosen.append(Chip(str(REFUSALS[wanted.reason].title), wanted.query(reason="")))
    if wanted.weekday is not None:
        chosen.append(Chip(name_weekday(wanted.weekday), wanted.query(weekday="")))
    if wanted.hour is not None:
        hours = f"{name_hours(wanted.hour)}–{name_hours(wanted.hour + 1)}"
        chosen.append(Chip(hours, wanted.query(hour="")))
    if wanted.part:
        chosen = [Chip(wanted.part.name, wanted.query(of="")), *chosen]
    if wanted.each:
        chosen = [Chip(_("Every imported card, and every card that got new terms"), wanted.query(each="")), *chosen]
    if wanted.words:
        chosen = [Chip(wanted.words, wanted.query(q="")), *chosen]
    if not wanted.period:
        return chosen
    # What tells the days is told by their own fields.
    return [*chosen, Chip(name_period(wanted.period), wanted.query(period="", **{"from": "", "to": ""}))]


def say_cut(sought: Sought | None) -> str:
    """Of what more fits the words than is looked at; "" where all of it is."""
    facts = {"most": format_number(MOST)}
    match sought and sought.cut:
        case "cards":
            return (
                _("More than %(most)s cards match. Only the newest %(most)s are searched: enter more of the name.")
                % facts
            )
        case "receipts":
            return (
                _("This receipt was used more than %(most)s times. Only its last %(most)s uses are shown: choose days.")
                % facts
            )
    return ""


def name_group(group: Group | Narrow | None) -> str:
    return str(_GROUP_NAMES[group])


def name_period(period: Period | None) -> str:
    match period:
        case None:
            return _("Any time")
        case "today":
            return _("Today")
        case "yesterday":
            return _("Yesterday")
        case "week":
            return _("Last 7 days")
        case "month":
            return _("Last 30 days")
        case "days":
            return _("Chosen days")
