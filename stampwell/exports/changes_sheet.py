"""Who changed what at the desk, the newest first: a row for each field, with before and after as they are kept.

The terms of a program are told by the number of their version.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.events.desk_changes import read_changes
from stampwell.events.models import DeskChange
from stampwell.exports.sheets import AT_ONCE, Cell, Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.journal.change_sentences import FIELDS, say_field, say_kind
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements


def changes_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def read(tx: Statements, before: str) -> Piece:
        found = read_changes(merchant.id, most=AT_ONCE + 1, before_id=UUID(before) if before else None)
        shown = found[:AT_ONCE]
        names = names_of(tx, (change.staff_member_id for change in shown))
        rows = [row for change in shown for row in _rows(change, names.get(change.staff_member_id, ""))]
        return Piece(rows, str(shown[-1].id) if len(found) > AT_ONCE else None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("changed_at", _("Time")),
        Column("person", _("Person")),
        Column("told", _("What was changed")),
        Column("field", _("Field")),
        Column("before", _("Before")),
        Column("after", _("After")),
        Column("kind"),
        Column("change_id", "ID"),
    ]


def _rows(change: DeskChange, person: str) -> list[Row]:
    """At least one: also what changed no field has happened."""
    told, id = say_kind(change.kind, change.name), public_id("chg", change.id)
    fields = [name for name in FIELDS if name in change.before or name in change.after]
    return [
        [
            change.at,
            person,
            told,
            say_field(change.kind, name) if name else "",
            _cell(change.before.get(name)),
            _cell(change.after.get(name)),
            change.kind,
            id,
        ]
        for name in fields or [""]
    ]


def _cell(value: Any) -> Cell:
    match value:
        case None | str():
            return value
        case bool():
            return _("Yes") if value else _("No")
        case int():
            return value
    return msgspec.json.encode(value).decode()
