"""Kept scans of a shop, made without the web."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from stampwell.clock import now
from stampwell.offline.models import KeptScan
from stampwell.vouchers.models import Voucher
from tests.world import HeldCard, Shop


def waiting_scan(
    shop: Shop, card: HeldCard, *, reason: str = "cooldown", at: datetime | None = None, **more: Any
) -> UUID:
    """One that waits for the owner; `sender_id` may be given."""
    facts = {"sender_id": uuid4(), "key": str(uuid4()), "fingerprint": b"f", "clock_believed": True} | more
    kept = KeptScan.objects.create(
        merchant=shop.merchant,
        source="scanner",
        card_id=card.id,
        location_id=shop.location.id,
        scanned_at=at or now(),
        received_at=now(),
        happened_at=at or now(),
        state="waiting",
        reason=reason,
        **facts,
    )
    if kept.voucher_id:
        Voucher.objects.filter(id=kept.voucher_id).update(handed_out=kept.happened_at)
    return kept.id
