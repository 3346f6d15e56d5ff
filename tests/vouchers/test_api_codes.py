"""Codes of vouchers that a connected till asks us about."""

import secrets
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from stampwell.cards.recovering import recover_card
from stampwell.redeem_codes.formats import FORMATS, why_code_does_not_fit
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.api_codes import draw_api_code, group_api_code, is_api_code, new_api_codes, read_api_code
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.refusals import WrongPath
from stampwell.vouchers.revealing import reveal_code
from tests.cards.test_stamping import stamp
from tests.packets import packets_of
from tests.world import HeldCard, Shop

ASKED_ABOUT = {"path": "redeem_code", "redeem_code": {"kind": "api"}}
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FORMATS_OF_CODES = ("text", "qr", "code128", "code39", "pdf417", "aztec", "datamatrix")


def card_with_code(shop: Shop) -> HeldCard:
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea", **ASKED_ABOUT}}]).card()
    stamp(card)
    return card


def code_of(voucher_id: UUID) -> str:
    return str(Voucher.objects.get(id=voucher_id).api_code)


def test_a_wrong_sign_and_two_neighbours_that_changed_places_are_noticed() -> None:
    for code in (draw_api_code() for _code in range(20)):
        others = {code[:place] + sign + code[place + 1 :] for place in range(11) for sign in LETTERS}
        turned = {code[:place] + code[place + 1] + code[place] + code[place + 2 :] for place in range(10)}

        assert [one for one in others | turned if is_api_code(one)] == [code]


def test_codes_have_ten_signs_of_chance_and_every_offered_barcode_holds_them() -> None:
    codes = [draw_api_code() for _code in range(200)]

    assert len(set(codes)) == 200
    assert {len(code) for code in codes} == {11}
    assert set("".join(codes)) == set(LETTERS)
    assert "R" not in {code[0] for code in codes}  # as receipt codes begin
    assert [one for one in FORMATS if why_code_does_not_fit("7ZZZZZZZZZ0", one) is None] == [*FORMATS_OF_CODES]


@pytest.mark.parametrize(
    "typed", ["01AB-CDEF-GH2", "o1ab cdef gh2", "OIAB.CDEF.GH2", " 0lab cdefgh2\n", "０１ＡＢ‐ＣＤＥＦ‐ＧＨ２"]
)
def test_a_code_is_read_however_it_was_written(typed: str) -> None:
    assert read_api_code(typed) == "01ABCDEFGH2"


@pytest.mark.parametrize(
    "typed", ["", "01ABCDEFGH", "01ABCDEFGH22", "01ABCDEFGHU", "R1ABCDEFGH2", "1234 5678", "https://a.example/v"]
)
def test_what_is_none_is_not_read_as_one(typed: str) -> None:
    assert read_api_code(typed) is None


def test_it_is_read_out_in_groups() -> None:
    assert group_api_code("01ABCDEFGH2") == "01AB CDEF GH2"


def test_each_voucher_of_the_reward_has_a_code_of_its_own_and_others_have_none(lume: Shop) -> None:
    codes = {code_of(card_with_code(lume).open_vouchers[0].id) for _card in range(3)}
    stamp(other := lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea"}}]).card())

    assert len(codes) == 3
    assert all(is_api_code(code) for code in codes)
    assert Voucher.objects.get(card_id=other.id).api_code is None


def test_a_code_that_a_voucher_of_the_shop_has_is_drawn_for_no_other(
    lume: Shop, rossi: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_with_code(lume)
    taken, fresh = code_of(card.open_vouchers[0].id), draw_api_code()

    for shop, drawn in ((lume, fresh), (rossi, taken)):
        signs = iter(taken[:-1] + fresh[:-1])
        monkeypatch.setattr(secrets, "choice", lambda _letters, signs=signs: next(signs))
        with merchant_transaction(shop.merchant.id) as tx:
            assert new_api_codes(tx, 1) == [drawn]
    monkeypatch.undo()
    second = card_with_code(lume).open_vouchers[0].id
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.filter(id=second).update(api_code=taken)


def test_a_lost_phone_names_no_voucher_any_more(lume: Shop) -> None:
    card = card_with_code(lume)
    before = code_of(card.open_vouchers[0].id)

    recover_card(lume.merchant, card.id, actor=lume.actor)

    after = code_of(card.open_vouchers[0].id)
    assert after != before
    assert is_api_code(after)
    assert not Voucher.objects.filter(api_code=before).exists()


def test_many_codes_are_drawn_with_one_question_and_each_is_another(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        drawn: list[str] = []
        assert packets_of(lambda: drawn.extend(new_api_codes(tx, 50))) == 1

    assert len(set(drawn)) == 50
    assert all(map(is_api_code, drawn))


def test_it_has_no_countdown_that_would_use_the_voucher(lume: Shop) -> None:
    voucher = card_with_code(lume).open_vouchers[0]

    with pytest.raises(WrongPath):
        reveal_code(lume.merchant, voucher.id)

    assert Voucher.objects.get(id=voucher.id).revealed is None
