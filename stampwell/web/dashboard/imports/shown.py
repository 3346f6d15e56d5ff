"""An import as its page and the list show it."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from stampwell.ids import public_id
from stampwell.imports.fault_words import say_fault
from stampwell.imports.rows import Checked, JoinedImport, Step, Undone, Written
from stampwell.imports.step_words import STEP_WORDS
from stampwell.mail.queue import has_waiting_mail
from stampwell.programs.models import Program
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.refusal import REFUSALS, Refusal

OPEN = ("waiting", "running")


class ShownFault(msgspec.Struct, frozen=True):
    row: int
    words: str


class ShownImport(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    one: JoinedImport
    step: Step
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
    def is_mailing(self) -> bool:
        return self.one.mail_state in OPEN and self.one.mail_stopped is None

    @property
    def can_stop_mailing(self) -> bool:
        if self.one.mail_job_id is None or self.one.mail_stopped:
            return False
        return self.is_mailing or has_waiting_mail(self.one.mail_job_id)

    @property
    def mailed(self) -> int:
        return self.one.has_mailed.mails

    @property
    def faults(self) -> Iterator[ShownFault]:
        return (ShownFault(row, say_fault(fault)) for row, fault in self.checked.first)


def show_import(one: JoinedImport, merchant_id: UUID) -> ShownImport:
    program = Program.objects.filter(merchant_id=merchant_id, id=one.program_id).first() if one.program_id else None
    return ShownImport(
        id=public_id("imp", one.id),
        one=one,
        step=one.step,
        step_words=str(STEP_WORDS[one.step]),
        refusal=REFUSALS.get(one.problem or ""),
        program=program_name(terms_of(merchant_id, one.version_id)) if program and one.version_id else "",
        program_id=public_id("prg", program.id) if program else "",
        checked=one.has_found,
        written=one.has_written,
        undone=one.has_undone,
    )
