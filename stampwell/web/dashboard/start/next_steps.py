"""What a new shop does next, until the first stamp is on a card."""

from collections.abc import Iterable
from dataclasses import dataclass

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant, Station
from stampwell.merchants.pins import has_anybody_a_pin
from stampwell.programs.course import is_over
from stampwell.programs.models import Program
from stampwell.transactions import merchant_reads

# In the order of the index: a prepared statement knows no shop, so PostgreSQL would expect to meet a row soon, and read
# those of all other shops for one that has none.
_ANY_STAMP = "SELECT 1 FROM stamp WHERE merchant_id = %s ORDER BY merchant_id, id LIMIT 1"
_ANY_CARD = "SELECT 1 FROM card WHERE merchant_id = %s ORDER BY merchant_id, id LIMIT 1"


@dataclass(frozen=True)
class Steps:
    """`program_id` is the public id of the first open program, "" while there is none."""

    program_id: str
    has_scanner: bool
    has_pin: bool
    has_card: bool


def next_steps(merchant: Merchant, programs: Iterable[Program]) -> Steps | None:
    """None as soon as there is a stamp: whoever stamps by hand or by a till never needs a scanner."""
    with merchant_reads(merchant.id) as tx:
        if tx.exists(_ANY_STAMP, (merchant.id,)):
            return None
        has_card = tx.exists(_ANY_CARD, (merchant.id,))
    program = next((one for one in programs if not is_over(one, now())), None)
    return Steps(
        program_id=public_id("prg", program.id) if program else "",
        has_scanner=Station.objects.filter(merchant=merchant, enrolled__isnull=False, revoked__isnull=True).exists(),
        has_pin=has_anybody_a_pin(merchant),
        has_card=has_card,
    )
