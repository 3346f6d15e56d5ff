"""An import as its page and the list show it."""

from collections.abc import Iterator
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.ids import public_id
from stampwell.imports.rows import Checked, JoinedImport, Undone, Written, report_of
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.refusal import REFUSALS, Refusal
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.imports.words import FAULT_WORDS

OPEN = ("waiting", "running")
STAGE_WORDS: dict[str, str | Promise] = {
    "choosing": _("Columns not chosen yet"),
    "checking": _("Being checked"),
    "checked": _("Checked, not imported yet"),
    "writing": _("Being imported"),
    "written": _("Imported"),
    "undoing": _("Being undone"),
    "undone": _("Undone"),
    "failed": _("It stopped"),
}
_DONE = {"checking": "checked", "writing": "written", "undoing": "undone"}


class ShownFault(msgspec.Struct, frozen=True):
    row: int
    words: str


class ShownImport(msgspec.Struct, frozen=True, kw_only=True):
    """`step` is one of STAGE_WORDS."""

    id: str
    one: JoinedImport
    step: str
    step_words: str
    refusal: type[Refusal] | None
    program: str
    program_id: str
    checked: Checked
    written: Written
    undone: Undone

    @property
    def is_open(self) -> bool:
        return self.one.state in OPEN

    @property
    def faults(self) -> Iterator[ShownFault]:
        return (ShownFault(row, say_fault(fault)) for row, fault in self.checked.first)


def say_fault(fault: str) -> str:
    """A release of before may have known another."""
    return str(next((words for name, words in FAULT_WORDS.items() if name == fault), fault))


def step_of(one: JoinedImport) -> str:
    if one.state == "failed":
        return "failed"
    return _DONE[one.stage] if one.state == "done" and one.stage in _DONE else one.stage


def show_import(one: JoinedImport, merchant_id: UUID) -> ShownImport:
    program = Program.objects.filter(merchant_id=merchant_id, id=one.program_id).first() if one.program_id else None
    step = step_of(one)
    with merchant_transaction(merchant_id) as tx:
        return ShownImport(
            id=public_id("imp", one.id),
            one=one,
            step=step,
            step_words=str(STAGE_WORDS[step]),
            refusal=REFUSALS.get(one.problem or ""),
            program=program_name(terms_of(merchant_id, one.version_id)) if program and one.version_id else "",
            program_id=public_id("prg", program.id) if program else "",
            checked=report_of(tx, one.check_job_id, Checked),
            written=report_of(tx, one.write_job_id, Written),
            undone=report_of(tx, one.undo_job_id, Undone),
        )
