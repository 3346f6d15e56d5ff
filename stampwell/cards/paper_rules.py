"""Whether, and how far, a shop takes over stamps from old paper cards. Without a row it does not."""

from typing import Final
from uuid import UUID

import msgspec

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.clock import new_id
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, columns_of, merchant_transaction

MOST_STAMPS: Final = MOST_STAMPS_AT_ONCE
MOST_A_DAY: Final = 500


class PaperRulesRow(msgspec.Struct, frozen=True, kw_only=True):
    """The fields mean what they mean in `PaperRules`."""

    id: UUID
    most_stamps: int
    most_a_day: int


_READ = f"SELECT {columns_of(PaperRulesRow)} FROM paper_rules WHERE merchant_id = %s"
_TAKES = "UPDATE merchant SET takes_old_paper = %s WHERE id = %s"
_CHANGE = "UPDATE paper_rules SET most_stamps = %s, most_a_day = %s WHERE merchant_id = %s"


def read_paper_rules(tx: Statements) -> PaperRulesRow | None:
    """None where no old cards are taken over."""
    return tx.row(PaperRulesRow, _READ, (tx.merchant_id,))


def change_paper_rules(merchant: Merchant, *, most_stamps: int, most_a_day: int, actor: Actor) -> None:
    """No stamps: from now on no old card is taken over, and what was taken over stays."""
    assert 0 <= most_stamps <= MOST_STAMPS
    assert 1 <= most_a_day <= MOST_A_DAY
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)
        before = read_paper_rules(tx)
        if not most_stamps:
            tx.write("DELETE FROM paper_rules WHERE merchant_id = %s", (tx.merchant_id,))
        elif before is None:
            new = PaperRulesRow(id=new_id(), most_stamps=most_stamps, most_a_day=most_a_day)
            tx.insert("paper_rules", new)
        else:
            tx.write(_CHANGE, (most_stamps, most_a_day, tx.merchant_id))
        after = read_paper_rules(tx)
        tx.write(_TAKES, (after is not None, tx.merchant_id))
        changed(tx, "shop.changed", by=actor, name=merchant.name, before=_told(before), after=_told(after))


def _told(rules: PaperRulesRow | None) -> dict[str, int]:
    if rules is None:
        return {"stamps_from_paper": 0}
    return {"stamps_from_paper": rules.most_stamps, "papers_a_day": rules.most_a_day}
