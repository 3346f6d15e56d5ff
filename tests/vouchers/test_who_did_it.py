"""The rows that say by whose hand something happened, column by column: no two of them may change places unseen."""

from typing import Any
from uuid import UUID

from stampwell.cards.models import Stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import new_id
from stampwell.events.actors import Actor
from stampwell.vouchers.models import Redemption, Reversal
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.reversing import reverse_redemption
from tests.cards.test_stamping import stamp
from tests.vouchers.test_redeeming import voucher_for
from tests.world import Shop


def somebody(shop: Shop) -> Actor:
    """Each hand another id: a row keeps them without asking whether they go together."""
    return Actor(
        source="scanner",
        location_id=shop.location.id,
        station_id=new_id(),
        staff_member_id=shop.hire("Somebody").id,
        api_key_id=new_id(),
    )


def hands(row: Any, *, has_place: bool = True) -> dict[str, UUID | str | None]:
    names = ["station_id", "staff_member_id", "api_key_id"] + (["source", "location_id"] if has_place else [])
    return {name: getattr(row, name) for name in names}


def test_a_stamp_says_whose_hand_it_was(lume: Shop) -> None:
    actor = somebody(lume)

    stamp(lume.publish().card(), actor=actor)

    assert hands(Stamp.objects.get(merchant=lume.merchant)) == hands(actor)


def test_an_undone_stamp_says_who_undid_it(lume: Shop) -> None:
    undoer = somebody(lume)
    stamp(lume.publish().card(), actor=somebody(lume))
    added = Stamp.objects.get(merchant=lume.merchant)

    undo_stamp(lume.merchant, added.id, reason="Wrong card", actor=undoer)

    undone = Stamp.objects.get(merchant=lume.merchant, reverses_id=added.id)
    assert (hands(undone), undone.reason) == (hands(undoer), "Wrong card")


def test_a_redemption_says_whose_hand_it_was(lume: Shop) -> None:
    actor = somebody(lume)

    redeem_voucher(lume.merchant, voucher_for(lume), path="staff_scan", actor=actor, receipt_id="R-7")

    redemption = Redemption.objects.get(merchant=lume.merchant)
    assert (hands(redemption), redemption.path, redemption.receipt_id) == (hands(actor), "staff_scan", "R-7")


def test_a_reversal_says_who_took_it_back(lume: Shop) -> None:
    redeem_voucher(lume.merchant, voucher_for(lume), actor=somebody(lume))
    redemption, actor = Redemption.objects.get(merchant=lume.merchant), somebody(lume)

    reverse_redemption(lume.merchant, redemption.id, reason="Wrong cup", actor=actor)

    reversal = Reversal.objects.get(merchant=lume.merchant)
    assert (hands(reversal, has_place=False), reversal.reason) == (hands(actor, has_place=False), "Wrong cup")
