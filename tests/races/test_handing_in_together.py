"""Two tabs, two processes, and the scan itself: the same kept scans at the same moment have one effect."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.test import Client

from stampwell.cards.models import Stamp
from stampwell.clock import now
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from stampwell.offline.waiting_rewards import clear_stale_marks, mark_handed_out
from stampwell.refusal import Refusal
from stampwell.transactions import Statements
from stampwell.vouchers.models import Redemption, Voucher
from tests.offline.handed_out import allow, handed_out, price, ready_voucher
from tests.offline.waiting import waiting_scan
from tests.races.callers import run_together
from tests.races.test_overtaken import met
from tests.web.customer import AT_ONCE
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Phone
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def keeping(shop: Shop, name: str = "Bo") -> KeepingPhone:
    bo = shop.hire(name)
    phone = Phone(shop).enrol()
    phone.sign_in(bo)
    return KeepingPhone(phone)


def tab_of(phone: KeepingPhone) -> Client:
    tab = Client()
    tab.cookies = phone.phone.client.cookies
    return tab


def test_one_batch_from_many_tabs_counts_once() -> None:
    shop = open_lume()
    offline, offer = keeping(shop), shop.publish()
    cards = [offer.card() for _ in range(6)]
    batch = msgspec.json.encode(offline.device.batch(*(offline.device.keep(card.code) for card in cards)))
    answers: list[list[dict[str, Any]]] = []

    def send() -> None:
        tab = tab_of(offline)
        for _try in range(20):
            answer = tab.post("/scanner/scans/batch", batch, content_type="application/json")
            results = msgspec.json.decode(answer.content)["results"]
            if all(result["state"] != "later" for result in results):
                answers.append(results)
                return

    assert run_together(*[send] * 6) == [None] * 6

    assert len(answers) == 6
    assert all(results == answers[0] for results in answers)
    assert {result["state"] for result in answers[0]} == {"counted"}
    assert [card.row.stamps for card in cards] == [1] * 6
    assert Stamp.objects.count() == KeptScan.objects.count() == 6


def test_a_scan_that_is_sent_alone_and_in_a_batch_counts_once() -> None:
    shop = open_lume()
    offline, offer = keeping(shop), shop.publish()
    for _round in range(8):
        card = offer.card()
        kept = offline.device.keep(card.code)
        alone = msgspec.json.encode({"key": kept["key"], "code": card.code})
        batch = msgspec.json.encode(offline.device.batch(kept))

        def send(path: str, body: bytes) -> None:
            tab_of(offline).post(path, body, content_type="application/json")

        run_together(
            lambda alone=alone: send("/scanner/scans", alone),  # type: ignore[misc]
            lambda batch=batch: send("/scanner/scans/batch", batch),  # type: ignore[misc]
        )

        assert offline.states(kept) == ["counted"]
        assert card.row.stamps == 1


def test_a_reward_that_two_devices_handed_out_uses_its_voucher_once() -> None:
    shop = open_lume()
    offer = shop.publish(earning=AT_ONCE)
    price(offer, 90)
    allow(shop, 90)
    phones = [keeping(shop, "Bo"), keeping(shop, "Eva")]
    for round in range(6):
        voucher = ready_voucher(offer.card())
        lines = [(phone, handed_out(phone.device, voucher)) for phone in phones]

        def send(phone: KeepingPhone, kept: dict[str, Any]) -> None:
            batch = msgspec.json.encode(phone.device.batch(kept))
            tab_of(phone).post("/scanner/scans/batch", batch, content_type="application/json")

        run_together(*(lambda line=line: send(*line) for line in lines * 2))

        assert sorted(state for phone, kept in lines for state in phone.states(kept)) == ["counted", "waiting"]
        assert Redemption.objects.count() == round + 1


def test_two_people_decide_and_the_first_decision_stands() -> None:
    shop = open_lume()
    offer = shop.publish()
    for _round in range(6):
        card = offer.card()
        kept = waiting_scan(shop, card)

        def act(decision: Any, kept: Any = kept) -> None:
            with contextlib.suppress(Refusal):
                decide(shop.merchant, kept, decision, actor=shop.actor)

        run_together(lambda: act("count"), lambda: act("leave"), lambda: act("count"))

        state = KeptScan.objects.get(id=kept).state
        assert (state, card.row.stamps) in (("counted", 1), ("refused", 0))


def leave(shop: Shop, kept: UUID) -> None:
    decide(shop.merchant, kept, "leave", actor=shop.actor)


def clear(shop: Shop, kept: UUID) -> None:
    """What a release that knows no marks has decided is found by the schedule."""
    KeptScan.objects.filter(id=kept).update(state="refused", decided_at=now())
    clear_stale_marks()


@pytest.mark.parametrize("act", [leave, clear])
def test_a_hand_out_that_comes_while_another_is_decided_is_told_all_the_same(
    act: Callable[[Shop, UUID], None],
) -> None:
    shop = open_lume()
    card = shop.publish(earning=AT_ONCE).card()
    voucher = ready_voucher(card)
    kept, at = waiting_scan(shop, card, at=now() - HOUR, voucher_id=voucher.id), now()

    def come(tx: Statements) -> None:
        mark_handed_out(tx, voucher.id, at)
        waiting_scan(shop, card, at=at, voucher_id=voucher.id)

    met(shop, come, lambda: act(shop, kept))

    assert Voucher.objects.get(id=voucher.id).handed_out == at
    assert KeptScan.objects.filter(state="waiting").count() == 1
