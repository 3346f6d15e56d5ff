"""One card's turn at Google: who sends it, over which connection, and what of it Google did not want."""

import logging
from dataclasses import dataclass, field
from uuid import UUID

from stampwell.clock import now
from stampwell.wallet.google.http import GoogleRefused
from stampwell.wallet.google.queue import LEASE, extend_lease
from stampwell.wallet.google.rest import GoogleCalls
from stampwell.wallet.google.table import ObjectRow

DENIED = (401, 403)  # about the account; any other refusal is about what was sent

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """What Google does not want of the card is `left_out`, and the rest goes on."""

    calls: GoogleCalls
    merchant_id: UUID
    card: ObjectRow
    left_out: list[GoogleRefused] = field(default_factory=list)

    def go_on(self) -> GoogleCalls:
        """For the next request. With many rewards and a slow Google a visit takes longer than its lease.

        The lease of a tap is not extended: whoever tapped waits for four seconds and no longer.
        """
        ends = self.card.leased_until
        if self.card.tries and ends and ends < now() + LEASE / 2:
            extend_lease(self.merchant_id, self.card)
        return self.calls

    def leave_out(self, refused: GoogleRefused, what: str) -> None:
        """Raises what is not about this one thing, such as no access."""
        if refused.status in DENIED:
            raise refused
        log.warning("Google refused %s: %s", what, refused)
        self.left_out.append(refused)
