"""What a phone knows of the terms when it saves a scan without a network: amounts, and the pause."""

from typing import Any

from stampwell.programs.pausing import pause_program
from tests.web.scanner.phone import Phone
from tests.world import Shop

BY_AMOUNT = {"by": "amount", "amount_per_stamp": 500}
WITH_A_LEAST = {"by": "visit", "minimum_spend": 300}


def asked(phone: Phone) -> Any:
    return phone.offline_facts()["amounts"]


def test_a_phone_asks_for_amounts_where_cards_of_the_shop_want_them(phone: Phone, lume: Shop) -> None:
    assert asked(phone) is None
    visits = lume.publish()
    assert asked(phone) is None

    lume.publish(name="By amount", earning=BY_AMOUNT)
    lume.publish(name="With a least", earning=WITH_A_LEAST)
    some = asked(phone)
    assert (some["always"], some["amounts"]["currency"], some["amounts"]["minor"]) == (False, "EUR", 2)
    assert some["amounts"]["asks_from"] == 300 * 100, "the larger of both: no card is known"

    pause_program(lume.merchant, visits.program.id, stamping=True, actor=lume.actor)
    assert asked(phone)["always"] is True


def test_nobody_is_asked_where_an_amount_could_be_in_two_currencies(phone: Phone, lume: Shop) -> None:
    lume.publish(name="Euro", earning=BY_AMOUNT)
    lume.publish(name="Dollar", earning=BY_AMOUNT | {"currency": "USD"})

    assert asked(phone) is None


def test_a_phone_knows_the_pause_within_which_no_card_gets_a_second_stamp(phone: Phone, lume: Shop) -> None:
    assert phone.offline_facts()["pause"] == 0
    lume.publish(earning={"cooldown_seconds": 7200})
    short = lume.publish(name="Short", earning={"cooldown_seconds": 600})
    assert phone.offline_facts()["pause"] == 600

    pause_program(lume.merchant, short.program.id, stamping=True, actor=lume.actor)
    assert phone.offline_facts()["pause"] == 7200
