"""What the steps would return for a customer who is not there, for practising.

No id here names a row, and nothing of it is ever written. The panels are drawn from it as from what really happened.
"""

from datetime import datetime, timedelta

import msgspec

from stampwell.cards.describing import describe_alone, describe_stamp
from stampwell.cards.earning import Earned, Purchase
from stampwell.cards.issuing import new_card
from stampwell.cards.numbers import luhn_digit
from stampwell.cards.rows import CardRow
from stampwell.cards.stamping import Stamped, StampedFacts, new_stamp
from stampwell.cards.undoing import Undone, UndoneFacts
from stampwell.clock import new_id
from stampwell.counter.handing_over import HandedOver, HandedOverFacts
from stampwell.counter.scanning import ScannedVoucher, ScannedVoucherFacts
from stampwell.events.actors import Actor
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.transactions import merchant_reads
from stampwell.vouchers.describing import describe_redemption, describe_voucher
from stampwell.vouchers.issuing import new_voucher
from stampwell.vouchers.rows import RedemptionRow, VoucherRow

NUMBER = "1234567" + luhn_digit("1234567")
STAMPED_BEFORE = timedelta(seconds=6)  # longer ago than a shaky hand takes


class MadeUp(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with a card of these terms, before whoever practises."""

    merchant: Merchant
    terms: Terms
    actor: Actor
    at: datetime

    def card(self, stamps: int) -> CardRow:
        made = new_card(self.terms, new_id(), locale=self.merchant.locale, external_id=None, at=self.at)
        return msgspec.structs.replace(made, short_number=NUMBER, stamps=stamps, last_stamp=self.at - STAMPED_BEFORE)

    def stamped(self) -> Stamped:
        stamps = self._quiet_count()
        stamp = new_stamp(
            self.card(stamps - 1),
            self.terms,
            Purchase(count=1),
            Earned(1, 0),
            self.actor,
            at=self.at,
            occurred=self.at,
        )
        card = self.card(stamps)
        facts = StampedFacts(describe_stamp(stamp), describe_alone(card, self.terms, vouchers=[]), [], [], [])
        return Stamped(stamp=stamp, card=card, vouchers=[], issued=[], words=[], filled=None, facts=facts)

    def undone(self) -> Undone:
        done = self.stamped()
        stamp = msgspec.structs.replace(done.stamp, id=new_id(), count=-1, reverses_id=done.stamp.id)
        card = self.card(done.card.stamps - 1)
        facts = UndoneFacts(describe_stamp(stamp), describe_alone(card, self.terms, vouchers=[]), [])
        return Undone(stamp=stamp, card=card, vouchers=[], recalled=[], facts=facts)

    def scanned_voucher(self) -> ScannedVoucher:
        card = self.card(self._quiet_count())
        voucher = self._voucher(card)
        with merchant_reads(self.merchant.id) as tx:
            told = describe_voucher(tx, voucher, at=self.at)
        facts = ScannedVoucherFacts(told, describe_alone(card, self.terms, vouchers=[told]))
        return ScannedVoucher(voucher=voucher, card=card, vouchers=[voucher], facts=facts)

    def handed_over(self) -> HandedOver:
        offered = self.scanned_voucher()
        redemption = RedemptionRow(
            id=new_id(),
            voucher_id=offered.voucher.id,
            reversal_no=0,
            at=self.at,
            path="staff_scan",
            source=self.actor.source,
            location_id=self.actor.location_id,
            station_id=self.actor.station_id,
            staff_member_id=self.actor.staff_member_id,
            api_key_id=None,
            receipt_id=None,
        )
        facts = HandedOverFacts(describe_redemption(redemption), offered.facts.voucher, offered.facts.card)
        return HandedOver(redemption=redemption, voucher=offered.voucher, card=offered.card, vouchers=[], facts=facts)

    def _voucher(self, card: CardRow) -> VoucherRow:
        """Ready now, also where the shop's rewards have to wait or are over: that is for another lesson."""
        rewards = self.terms.rewards
        reward = next((one for one in rewards if one.path == "staff_scan"), rewards[-1])
        clocks = clocks_of(self.merchant, reward.location_ids, here=self.actor.location_id)
        made = new_voucher(clocks, self.terms, reward, card_id=card.id, issue=0, at=self.at)
        is_over = made.state == "expired"
        return msgspec.structs.replace(made, state="ready", ready=self.at, expires=None if is_over else made.expires)

    def _quiet_count(self) -> int:
        """A number of stamps at which nothing is given, so that the result shows the stamp alone; else 1."""
        given = {milestone.stamps for milestone in self.terms.milestones}
        quiet = [count for count in range(1, self.terms.goal) if count not in given]
        return next((count for count in quiet if count >= 3), quiet[-1] if quiet else 1)
