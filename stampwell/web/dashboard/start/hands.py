"""Figures by person, location and program, with the names that people know."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.ids import public_id
from stampwell.insight.figures import Counts, Hands
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Location, Merchant, StaffMember
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of_many
from stampwell.web.dashboard.desk import Desk


class HandRow(msgspec.Struct, frozen=True):
    """`query` is what the journal is asked for; "" where nobody, or no place, was there to ask for."""

    name: str
    counts: Counts
    query: str


class HandTable(msgspec.Struct, frozen=True):
    title: str
    column: str
    rows: list[HandRow]


def tables_of(desk: Desk, hands: Hands) -> list[HandTable]:
    """What colleagues did is for owners and managers."""
    merchant = desk.merchant
    people = _rows(hands.people, _people(merchant, hands), "person", "stf", _("Without a person"))
    places = _rows(hands.locations, _locations(merchant, hands), "location", "loc", _("Without a location"))
    programs = _rows(hands.programs, _programs(merchant, hands), "program", "prg", _("Without a program"))
    tables = [
        HandTable(_("By program"), _("Program"), programs),
        HandTable(_("By location"), _("Location"), places),
        HandTable(_("By person"), _("Person"), people),
    ]
    return tables if desk.manages else tables[:-1]


def _rows(
    counted: Mapping[UUID | None, Counts], names: Mapping[UUID, str], field: str, kind: str, nobody: str
) -> list[HandRow]:
    """The one with the most stamps first. A name that is gone from the database leaves its figures."""
    rows = [
        HandRow(names.get(id, nobody), counts, f"{field}={public_id(kind, id)}") if id else HandRow(nobody, counts, "")
        for id, counts in counted.items()
    ]
    return sorted(rows, key=lambda row: (-row.counts.stamps, row.name))


def _people(merchant: Merchant, hands: Hands) -> dict[UUID, str]:
    found = StaffMember.objects.filter(merchant=merchant, id__in=[id for id in hands.people if id])
    return {person.id: person.name for person in found}


def _locations(merchant: Merchant, hands: Hands) -> dict[UUID, str]:
    found = Location.objects.filter(merchant=merchant, id__in=[id for id in hands.locations if id])
    return {location.id: location.name for location in found}


def _programs(merchant: Merchant, hands: Hands) -> dict[UUID, str]:
    found = list(Program.objects.filter(merchant=merchant, id__in=[id for id in hands.programs if id]))
    terms = terms_of_many(merchant.id, frozenset(program.current_version_id for program in found))
    return {
        program.id: text_in(offered.name, active_locale(), offered.locale)
        for program in found
        if (offered := terms.get(program.current_version_id))
    }
