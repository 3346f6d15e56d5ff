"""How the codes of a list are shown is changed later, and tried before with a made-up code."""

from uuid import UUID

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import DeskChange
from stampwell.redeem_codes.changing_format import change_format
from stampwell.redeem_codes.formats import CodeDoesNotFit
from stampwell.redeem_codes.made_up import made_up_code
from stampwell.redeem_codes.models import CodePool, PoolCode
from stampwell.redeem_codes.pools import find_pool
from stampwell.redeem_codes.refusals import CodesNotShownLikeThat, CodesUnderWay
from stampwell.redeem_codes.rows import PoolRow
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.revealing import reveal_code
from tests.redeem_codes.working import CODES, ask_check, check, file_of, found, lay_in, pool_of, receive, work
from tests.vouchers.test_till_codes import USED, age, give_back, offer_from, voucher_of
from tests.world import Shop

pytestmark = pytest.mark.django_db


def change(shop: Shop, pool: PoolRow, code_format: str, template: str = "{code}") -> PoolRow:
    return change_format(shop.merchant, pool.id, code_format=code_format, barcode_template=template, actor=shop.actor)


def made_up(shop: Shop, pool: PoolRow) -> str | None:
    with merchant_transaction(shop.merchant.id) as tx:
        return made_up_code(tx, pool)


def test_codes_are_drawn_as_their_list_says_when_they_are_shown(lume: Shop) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool)
    offer = offer_from(lume, pool)
    shown, later = voucher_of(offer), voucher_of(offer)
    before = reveal_code(lume.merchant, shown)

    change(lume, pool, "qr", "https://till.example/{code}")

    after, other = reveal_code(lume.merchant, shown), reveal_code(lume.merchant, later)
    assert (before.code, before.format, before.barcode) == (CODES[0], "code128", CODES[0])
    assert (after.code, after.format, after.barcode) == (CODES[0], "qr", f"https://till.example/{CODES[0]}")
    assert (other.code, other.format) == (CODES[1], "qr")
    told = DeskChange.objects.get(kind="code_pool.changed")
    assert (told.before["shown_as"], told.after["shown_as"]) == ("code128", "qr")


def test_a_way_in_which_a_code_cannot_be_shown_is_refused(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stampwell.redeem_codes.changing_format.AT_ONCE", 2)
    pool = pool_of(lume, fallback_code="1234")
    lay_in(lume, pool, ["12345678", "12345679", "KA7F"])

    with pytest.raises(CodesNotShownLikeThat) as refused:
        change(lume, pool, "itf")
    assert refused.value.facts == {"code": "KA7F"}
    PoolCode.objects.filter(code="KA7F").delete()
    assert change(lume, pool, "itf").format == "itf"
    with pytest.raises(CodeDoesNotFit):
        change(lume, pool, "ean8")
    assert CodePool.objects.get().format == "itf"


@pytest.mark.parametrize("is_over", [None, "redeemed", "expired", "void"])
def test_codes_of_vouchers_that_are_over_stand_in_nobodys_way(lume: Shop, is_over: str | None) -> None:
    pool = pool_of(lume)
    lay_in(lume, pool, ["KA7F"])
    lay_in(lume, pool, ["12345678"])
    voucher_id = voucher_of(offer_from(lume, pool))
    reveal_code(lume.merchant, voucher_id)

    if is_over is None:
        with pytest.raises(CodesNotShownLikeThat):
            change(lume, pool, "itf")
        return
    Voucher.objects.filter(id=voucher_id).update(state=is_over)
    assert change(lume, pool, "itf").format == "itf"


def test_a_voucher_that_comes_back_gets_a_code_that_fits(lume: Shop) -> None:
    pool = pool_of(lume)
    for code in ("KA7F", "12345678"):
        lay_in(lume, pool, [code])
    voucher_id = voucher_of(offer_from(lume, pool))
    assert reveal_code(lume.merchant, voucher_id).code == "KA7F"
    with stopped_at(USED):
        age(lume)
        change(lume, pool, "itf")
    give_back(lume, voucher_id)

    with stopped_at(USED):
        again = reveal_code(lume.merchant, voucher_id)

    assert (again.code, again.format) == ("12345678", "itf")
    assert PoolCode.objects.get(code="KA7F").revoked == USED


def test_the_same_way_changes_nothing_and_another_shop_changes_none(lume: Shop, rossi: Shop) -> None:
    pool = pool_of(lume)

    assert change(lume, pool, "code128") == pool
    assert not DeskChange.objects.filter(kind="code_pool.changed").exists()
    with pytest.raises(NotFound):
        change(rossi, pool, "qr")


def test_what_is_being_checked_is_waited_for_and_what_was_checked_is_checked_again(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id: UUID = receive(lume, pool, file_of(CODES))
    ask_check(lume, pool, batch_id)
    with pytest.raises(CodesUnderWay):
        change(lume, pool, "qr")
    other_id = receive(lume, pool, file_of(["NEW1"]))
    work(lume, pool, batch_id)

    change(lume, pool, "qr")

    assert [found(lume, pool, one).step for one in (batch_id, other_id)] == ["choosing", "choosing"]
    assert check(lume, pool, batch_id).good == 3


@pytest.mark.parametrize(
    ("code_format", "codes", "expected"),
    [
        ("code128", CODES, "TE0T-0STT"),
        ("code128", ["ka7"], "te0"),
        ("qr", [], "TEST-0000"),
        ("ean13", ["2000000000015"], "0000000000000"),
        ("ean8", [], "00000000"),
        ("itf", ["123456"], "000000"),
    ],
)
def test_a_made_up_code_looks_like_those_of_its_list(
    lume: Shop, code_format: str, codes: list[str], expected: str
) -> None:
    pool = pool_of(lume, code_format=code_format)
    lay_in(lume, pool, codes)

    assert made_up(lume, pool) == expected


def test_a_made_up_code_is_none_of_the_shops(lume: Shop) -> None:
    pool = pool_of(lume, code_format="itf")
    lay_in(lume, pool, ["000000", "111111"])

    assert made_up(lume, find_pool(lume.merchant.id, pool.id)) == "222222"
