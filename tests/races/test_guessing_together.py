"""Many guesses at the same moment get no further than one after the other."""

from datetime import timedelta

import pytest

from stampwell.clock import now
from stampwell.counter import own_code_guesses
from stampwell.counter.guessing import a_device, count_missed_code
from stampwell.counter.own_code_guesses import codes_closed_until
from stampwell.events.models import Event
from stampwell.merchants.models import ApiKey, Merchant
from stampwell.merchants.pins import MOST_PINS, sign_in_with_pin
from stampwell.vouchers.api_codes import draw_api_code
from tests.counter.guesses import numbers_of_nobody
from tests.races.callers import Call, call_all, count_statuses, run_together
from tests.serving import Product
from tests.vouchers.test_api_codes import card_with_code
from tests.world import open_lume

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 60


def test_of_ninety_numbers_at_once_sixty_are_told_that_they_are_nobodys(product: Product) -> None:
    """All processes count together. On a machine that takes longer than a minute for it, sixty in each minute."""
    shop = open_lume()
    card, key = shop.publish().card(), shop.api_key()
    numbers = numbers_of_nobody(card)
    began = now()

    answers = call_all(product.url, key, [Call("/scans", {"code": next(numbers)}) for _guess in range(MOST + 30)])
    minutes = 1 + (now() - began) // timedelta(minutes=1)
    known = call_all(product.url, key, [Call("/scans", {"code": card.row.short_number}) for _guess in range(8)])

    statuses, until = count_statuses(answers), ApiKey.objects.get(merchant=shop.merchant).no_guesses_until
    assert until is not None
    assert statuses[404] + statuses[429] == MOST + 30
    assert MOST <= statuses[404] <= MOST * minutes
    assert count_statuses(known) == {429: 8} or now() > until


def test_of_many_pins_at_once_five_are_compared() -> None:
    shop = open_lume()
    station, _credential = shop.scanner()
    bo = shop.hire("Bo")

    ends = run_together(*[lambda: sign_in_with_pin(shop.merchant, station, bo.id, "0000")] * (MOST_PINS + 3))

    assert sorted(type(end).__name__ for end in ends) == ["PinLocked"] * 3 + ["WrongPin"] * MOST_PINS


def test_of_many_who_guess_codes_at_once_one_closes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_code_guesses, "MOST_OF_SHOP", 4)
    shop = open_lume()
    card_with_code(shop)
    devices = [shop.scanner(f"Phone {number}")[0] for number in range(8)]

    ends = run_together(
        *[
            lambda device=device: count_missed_code(shop.merchant, a_device(device), draw_api_code())
            for device in devices
        ]
    )

    assert ends == [None] * len(devices)
    assert codes_closed_until(Merchant.objects.get(id=shop.merchant.id)) is not None
    assert [event.data["tried"] >= 4 for event in Event.objects.filter(type="codes.guessed")] == [True]
