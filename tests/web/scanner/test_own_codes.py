"""What staff hold before the scanner by mistake, and what they hold there in another writing."""

from typing import Any

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.ids import public_id
from stampwell.vouchers.links import voucher_code, voucher_url
from tests.redeem_codes.working import lay_in, pool_of
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Offer, Shop

FOR_THE_TILL = "This code is for the till"


def reward(code: str, **differently: Any) -> dict[str, Any]:
    static = {"kind": "static", "code": code, "format": "qr"} | differently
    return {"stamps": 10, "reward": {"name": "Tea", "path": "redeem_code", "redeem_code": static}}


@pytest.mark.parametrize(
    ("kept", "scanned"),
    [
        ("FreeTea", "freetea"),
        ("FreeTea", "FREETEA"),
        ("Free Tea 1", "Free Tea 1"),
        ("Free Tea 1", "freetea1"),
        ("4006381333931", "4006381333931"),
        ("96385074", "96385074"),
        ("1234", "1234"),
        ("12-34", "12-34"),
    ],
)
def test_a_till_code_is_known_in_every_writing(phone: Phone, lume: Shop, kept: str, scanned: str) -> None:
    lume.publish(milestones=[reward(kept)])

    assert FOR_THE_TILL in phone.scan(scanned).words


def test_the_code_of_a_reward_from_before_is_known(phone: Phone, lume: Shop) -> None:
    offer = lume.publish(milestones=[reward("OLDTEA")])
    lume.publish(offer.program, milestones=[reward("NEWTEA")])

    assert FOR_THE_TILL in phone.scan("OLDTEA").words


def test_the_code_of_one_location_and_the_one_for_when_none_is_left_are_known(phone: Phone, lume: Shop) -> None:
    place = public_id("loc", lume.location.id)
    lume.publish(milestones=[reward("FREETEA", code_by_location={place: "RIGA10"})])
    pool_of(lume, fallback_code="PLANB")

    assert FOR_THE_TILL in phone.scan("riga10").words
    assert FOR_THE_TILL in phone.scan("PLANB").words


@pytest.mark.parametrize("template", ["https://till.example/r?c={code}", "T{code}X"])
def test_a_barcode_that_holds_more_than_the_code_is_known(phone: Phone, lume: Shop, template: str) -> None:
    lume.publish(milestones=[reward("FREETEA", barcode_template=template)])

    assert FOR_THE_TILL in phone.scan(template.replace("{code}", "FREETEA")).words


def test_a_number_that_is_neither_a_card_nor_a_till_code_is_mistyped(phone: Phone, lume: Shop) -> None:
    lume.publish(milestones=[reward("1234")])

    assert "There is a mistake in the number" in phone.scan("1235").words


def test_the_poster_of_every_program_of_the_shop_is_known(phone: Phone, offer: Offer, lume: Shop) -> None:
    lume.publish(name="Tea card")

    assert "the code for new customers" in phone.scan("HTTPS://LUME.EXAMPLE/J/CAFE-LUME/TEA-CARD").words


def test_a_link_that_connects_a_phone_of_another_shop_is_not_ours(phone: Phone, rossi: Shop) -> None:
    assert "Unknown code" in phone.scan(f"https://lume.example/scanner/enrol/rossi/{'ab' * 16}").words


@pytest.mark.parametrize("write", [str, str.upper, str.lower])
def test_a_voucher_is_offered_by_its_link_and_its_code_in_any_letters(
    phone: Phone, lume: Shop, card: HeldCard, write: Any
) -> None:
    add_stamp(lume.merchant, card.id, Purchase(count=5), actor=lume.actor)
    voucher = card.open_vouchers[0]

    for code in (voucher_url(lume.merchant.slug, voucher.id, 0), voucher_code(voucher.id, 0)):
        assert phone.scan(write(code)).outcome == "offer"


@pytest.mark.parametrize("write", [str, str.upper, str.lower])
def test_a_card_is_stamped_by_its_link_and_its_code_in_any_letters(phone: Phone, lume: Shop, write: Any) -> None:
    offer = lume.publish()

    for card in (offer.card(), offer.card()):
        assert phone.scan(write(card.url)).outcome == "stamped"
    assert phone.scan(write(offer.card().code)).outcome == "stamped"


def test_a_code_of_a_list_is_known(phone: Phone, lume: Shop) -> None:
    lay_in(lume, pool_of(lume), ["KA7F-2PLM"])

    assert FOR_THE_TILL in phone.scan("ka7f-2plm").words


@pytest.mark.parametrize(
    ("template", "scanned"),
    [
        ("https://till.example/r?c={code}&t=1", "https://till.example/r?c=KA%2F7F&t=1"),
        ("T{code}X", "TKA/7FX"),
        ("T{code}X", "tka/7fx"),
    ],
)
def test_a_barcode_that_holds_more_than_the_code_of_a_list_is_known(
    phone: Phone, lume: Shop, template: str, scanned: str
) -> None:
    lay_in(lume, pool_of(lume, code_format="qr", barcode_template=template), ["KA/7F"])

    assert FOR_THE_TILL in phone.scan(scanned).words
    assert "Unknown code" in phone.scan(scanned.replace("7", "8")).words
