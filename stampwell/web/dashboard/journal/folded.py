"""One line for what a job has done to many cards, and the lines behind it.

A file that was brought in, its undoing, and terms that were given to everybody, write events for each card. In the
journal the line of the import, of the undoing, or that of the publishing, stands for all of them and opens them.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.cards.moving_terms import NewTermsReport
from stampwell.clock import id_at
from stampwell.events.rows import EventRow
from stampwell.ids import wanted_id
from stampwell.journal.event_sentences import tell
from stampwell.journal.history import event_of_line
from stampwell.journal.wanted import ALWAYS_FOLDED, FOLDED_OF_IMPORT, FOLDED_OF_UNDOING, Part
from stampwell.languages.formatting import format_number
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, read_aside

_TELLING = ("import.finished", "import.undone", "program.published")


class _GivenRow(msgspec.Struct, frozen=True):
    """Terms that were given to everybody; `report` is JSON, "" where the job is forgotten."""

    program_id: UUID
    number: int
    report: str


_GIVEN = """
    SELECT v.program_id, v.number, coalesce(j.report::text, '') AS report FROM program_version v
    LEFT JOIN job j ON j.merchant_id = v.merchant_id AND j.id = v.job_id
    WHERE v.merchant_id = %s AND v.program_id = ANY(%s) AND v.job_id IS NOT NULL
"""
# Until the next time that terms of the program were given to everybody.
_NEXT_GIVEN = """
    SELECT published FROM program_version
    WHERE merchant_id = %s AND program_id = %s AND number > %s AND job_id IS NOT NULL ORDER BY number LIMIT 1
"""


def lines_behind(tx: Statements, rows: list[EventRow]) -> dict[int, str]:
    """How the lines behind each of these are called, by the number of its own; one question, however many there are."""
    telling = {row.sequence: row for row in rows if row.sequence and row.type in _TELLING}
    versions = {number: _version_of(row) for number, row in telling.items() if row.type == "program.published"}
    programs = list({program for program, _number in versions.values()})
    rows_given = tx.rows(_GivenRow, _GIVEN, (tx.merchant_id, programs)) if programs else []
    given = {(row.program_id, row.number): row for row in rows_given}
    terms = {number: _say_given(given[version]) for number, version in versions.items() if version in given}
    imports = [number for number, row in telling.items() if _opens_cards(row)]
    return terms | dict.fromkeys(imports, _("Show each card"))


def part_of(merchant: Merchant, line: int) -> Part | None:
    """What stands behind the line with this number; None where it is no such line, or none of this shop."""
    return read_aside(merchant.id, lambda tx: _part_of(tx, merchant, line))


def _part_of(tx: Statements, merchant: Merchant, line: int) -> Part | None:
    event = event_of_line(tx, line)
    if event is None or event.type not in _TELLING:
        return None
    if event.type == "program.published":
        return _part_of_terms(tx, merchant, event, line)
    if not _opens_cards(event):
        return None
    return (_part_of_import if event.type == "import.finished" else _part_of_undoing)(merchant, event, line)


def _opens_cards(event: EventRow) -> bool:
    match event.type:
        case "import.finished":
            return "received_at" in event.facts
        case "import.undone":
            return int(event.facts["cards"]) > 0
    return False


def _part_of_import(merchant: Merchant, event: EventRow, line: int) -> Part:
    """The ids of its events are of the moment at which the file was received: `sheets/line_ids`."""
    received = datetime.fromisoformat(event.facts["received_at"])
    return Part(
        line=line,
        name=tell(event.type, event.facts, merchant).what,
        types=FOLDED_OF_IMPORT,
        since=received,
        source="import",
        first_id=id_at(received),
        last_id=id_at(received + timedelta(milliseconds=1)),
    )


def _part_of_undoing(merchant: Merchant, event: EventRow, line: int) -> Part:
    """No two imports of a shop are undone at one time."""
    return Part(
        line=line,
        name=tell(event.type, event.facts, merchant).what,
        types=FOLDED_OF_UNDOING,
        since=datetime.fromisoformat(event.facts["asked_at"]),
        until=event.at + timedelta.resolution,
        source="import",
    )


def _part_of_terms(tx: Statements, merchant: Merchant, event: EventRow, line: int) -> Part:
    program, number = _version_of(event)
    return Part(
        line=line,
        name=tell(event.type, event.facts, merchant).what,
        types=ALWAYS_FOLDED,
        since=event.at,
        until=tx.value(datetime, _NEXT_GIVEN, (tx.merchant_id, program, number)),
        program=program,
    )


def _version_of(event: EventRow) -> tuple[UUID, int]:
    program = event.facts["program"]
    return wanted_id("prg", program["id"]), int(program["version"])


def _say_given(row: _GivenRow) -> str:
    if not row.report:
        return _("The cards that got the new terms")
    moved = msgspec.json.decode(row.report, type=NewTermsReport).moved
    facts = {"shown": format_number(moved)}
    return ngettext("%(shown)s card got the new terms", "%(shown)s cards got the new terms", moved) % facts
