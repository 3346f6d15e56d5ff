"""Terms that were announced for later: they begin when their day has come, or are taken back before."""

from uuid import UUID

from stampwell.clock import now
from stampwell.events.actors import CLOCK, Actor
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.publishing import Published, begin_version, describe, find_program, write_announced
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_transaction, merchants_where

_DUE = "SELECT DISTINCT merchant_id FROM program WHERE next_starts <= %s"


def merchants_with_due_terms() -> list[UUID]:
    return merchants_where(_DUE, (now(),))


def begin_due_terms(merchant_id: UUID) -> None:
    """Of two workers the second finds nothing due: the row of the shop is held while this is looked up and written."""
    with merchant_transaction(merchant_id) as tx:
        merchant, at = lock_merchant(tx), now()
        for program in Program.objects.filter(merchant=merchant, next_starts__lte=at).order_by("next_starts", "id"):
            assert program.next_version_id is not None, "a start is of a version"
            begin_version(tx, merchant, program, program.next_version_id, at=at, actor=CLOCK)


def take_back_announced(merchant: Merchant, program_id: UUID, *, actor: Actor) -> Published:
    """The present terms stay. Where nothing is announced, nothing happens. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        merchant = lock_merchant(tx)
        program, at = find_program(merchant, program_id), now()
        if program.next_version_id is None:
            return Published(
                program, describe(merchant, program, terms_of(merchant.id, program.current_version_id), at=at)
            )
        return write_announced(tx, merchant, program, None, None, at=at, actor=actor)
