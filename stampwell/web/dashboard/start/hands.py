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
from stampwell.web.dashboard.number_cells import Cell, number_cells
from stampwell.web.dashboard.start.period import Period


class HandRow(msgspec.Struct, frozen=True):
    """`query` is what the journal is asked for in these days; "" where nobody, or no place, was there to ask for."""

    name: str
    counts: Counts
    query: str

    @property
    def cells(self) -> SafeString:
        return number_cells(
            [
                Cell(_("Stamps"), self.counts.stamps, self._lines("given")),
                Cell(_("Rewards earned"), self.counts.earned, self._lines("earned")),
                Cell(_("Rewards handed out"), self.counts.handed_out, self._lines("handed_out")),
                Cell(_("New cards"), self.counts.cards, self._lines("new_cards")),
            ]
        )

    def _lines(self, kind: str) -> str:
        return f"kind={kind}&{self.query}" if self.query else ""


class HandTable(msgspec.Struct, frozen=True):
    title: str
    column: str
    rows: list[HandRow]


def tables_of(
    desk: Desk, hands: Hands, names: Mapping[UUID, str], programs: Sequence[Program], period: Period
) -> list[HandTable]:
    """`names` are those of people and locations. What colleagues did is for owners and managers."""
    offers, days = _names_of_programs(desk, programs), period.in_journal
    people = _rows(hands.people, names, "person", "stf", _("Without a person"), days)
    places = _rows(hands.locations, names, "location", "loc", _("Without a location"), days)
    offered = _rows(hands.programs, offers, "program", "prg", _("Without a program"), days)
    tables = [
        HandTable(_("By program"), _("Program"), offered),
        HandTable(_("By location"), _("Location"), places),
        HandTable(_("By person"), _("Person"), people),
    ]
    return tables if desk.manages else tables[:-1]


def _rows(
    counted: Mapping[UUID | None, Counts], names: Mapping[UUID, str], field: str, kind: str, nobody: str, days: str
) -> list[HandRow]:
    """The one with the most stamps first. A name that is gone from the database leaves its figures."""
    rows = [
        HandRow(names.get(id, nobody), counts, f"{field}={public_id(kind, id)}{days}")
        if id
        else HandRow(nobody, counts, "")
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
