"""A scan as it comes, and what became of it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.offline.rows import KeptScanRow
from stampwell.refusal import Refusal


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One scan as it came. `claimed` is when it happened by the sender's word, put right by what is known of its clock;
    `scanned_at` is what that clock said. `message` is what the signature was made over. With a `reward`, a public id,
    it says that this one was handed out for the voucher that was scanned. A scan that was `taken_back` while it waited
    comes all the same, and says who took it back as `shift` says who made it.
    """

    key: str
    code: str
    scanned_at: datetime
    claimed: datetime
    fingerprint: bytes
    count: int | None = None
    amount: int | None = None
    sequence: int | None = None
    shift: str = ""
    signature: bytes = b""
    message: bytes = b""
    location_id: UUID | None = None
    reward: str | None = None
    taken_back: str | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a scan. `later`: nothing yet, it is to be sent again; `invalid`: its key is another scan's, or its
    moment none.
    """

    key: str
    state: Literal["counted", "waiting", "refused", "invalid", "later"]
    reason: str = ""
    row: KeptScanRow | None = None
    refusal: Refusal | None = None
