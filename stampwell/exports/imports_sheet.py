"""The imports of the shop, in the order in which they were made, and what became of each."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stampwell.exports.program_names import program_names
from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.imports.rows import JoinedImport, next_imports
from stampwell.imports.step_words import STEP_WORDS
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements


def imports_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def read(tx: Statements, after: str) -> Piece:
        found = next_imports(tx, UUID(after) if after else UUID(int=0), most=AT_ONCE + 1)
        shown = found[:AT_ONCE]
        names = names_of(tx, (id for one in shown for id in (one.staff_member_id, one.api_key_id)))
        told = program_names(merchant) | names
        return Piece([_row(one, told) for one in shown], str(shown[-1].id) if len(found) > AT_ONCE else None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("created_at", _("Time")),
        Column("name", _("File")),
        Column("person", _("Person")),
        Column("program", _("Program")),
        Column("state", _("State")),
        Column("rows", _("Rows")),
        Column("cards", _("Cards")),
        Column("stamps", _("Stamps")),
        Column("written_at", pgettext("an import, when", "Imported")),
        Column("undone_at", pgettext("an import, when", "Undone")),
        Column("step"),
        Column("import_id", "ID"),
    ]


def _row(one: JoinedImport, names: Mapping[UUID | None, str]) -> Row:
    """Once its job is forgotten nobody remembers how many cards it brought."""
    written = one.has_written if one.write_report else None
    return [
        one.created,
        one.name,
        names.get(one.staff_member_id or one.api_key_id, ""),
        names.get(one.program_id, ""),
        str(STEP_WORDS[one.step]),
        one.rows,
        written.cards if written else None,
        written.stamps if written else None,
        one.written,
        one.undone,
        one.step,
        public_id("imp", one.id),
    ]
