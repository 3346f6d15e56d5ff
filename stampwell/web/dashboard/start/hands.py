"""Figures by person, location and program, with the names that people know."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stampwell.ids import public_id
from stampwell.insight.figures import Counts, Hands
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of_many
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.number_cells import number_cells


class HandRow(msgspec.Struct, frozen=True):
    """`query` is what the journal is asked for; "" where nobody, or no place, was there to ask for."""

    name: str
    counts: Counts
    query: str

    @property
    def cells(self) -> SafeString:
        return number_cells(
            [
                (_("Stamps"), self.counts.stamps),
                (_("Rewards earned"), self.counts.earned),
                (_("Rewards handed out"), self.counts.handed_out),
                (_("New cards"), self.counts.cards),
            ]
        )


class HandTable(msgspec.Struct, frozen=True):
    title: str
    column: str
    rows: list[HandRow]


def tables_of(desk: Desk, hands: Hands, names: Mapping[UUID, str], programs: Sequence[Program]) -> list[HandTable]:
    """`names` are those of people and locations. What colleagues did is for owners and managers."""
    people = _rows(hands.people, names, "person", "stf", _("Without a person"))
    places = _rows(hands.locations, names, "location", "loc", _("Without a location"))
    offered = _rows(hands.programs, _names_of_programs(desk, programs), "program", "prg", _("Without a program"))
    tables = [
        HandTable(_("By program"), _("Program"), offered),
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


def _names_of_programs(desk: Desk, programs: Sequence[Program]) -> dict[UUID, str]:
    terms = terms_of_many(desk.merchant.id, frozenset(program.current_version_id for program in programs))
    return {
        program.id: text_in(offered.name, active_locale(), offered.locale)
        for program in programs
        if (offered := terms.get(program.current_version_id))
    }
