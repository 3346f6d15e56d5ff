"""Codes that follow others, judged as if somebody planned them."""

from collections.abc import Iterator
from uuid import UUID

from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import SuccessorRow, Successors, successors_in
from stampwell.programs.replacing_codes import rewards_with, why_no_fit
from stampwell.transactions import merchant_reads


def unfit_successors(merchant_id: UUID) -> Iterator[str]:
    merchant, successors = Merchant.objects.get(id=merchant_id), _successors_in(merchant_id)
    for row in successors.all:
        if why := _why_unfit(merchant, successors, row):
            yield f"{public_id('csu', row.id)} {why}."


def _successors_in(merchant_id: UUID) -> Successors[SuccessorRow]:
    with merchant_reads(merchant_id) as tx:
        return successors_in(tx)


def _why_unfit(merchant: Merchant, successors: Successors[SuccessorRow], row: SuccessorRow) -> str:
    if not row.planned <= row.starts < row.old_until:
        return "begins before it was planned, or after the old code is over"
    following = [row.code, *(one.next_code for one in successors.after(row.code))]
    if successors.of(following[-1]):
        return "follows itself"
    if not rewards_with(merchant, successors, row.code):
        return "follows a code that no reward shows"
    return "is a code that its format cannot hold" if why_no_fit(merchant, successors, row.code, row.next_code) else ""
