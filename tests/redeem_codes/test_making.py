"""Codes that are made here: by lot, each once, and as hard to guess as is said."""

import random
import re
from typing import Any

import pytest

from stampwell.clock import new_id, now
from stampwell.events.models import DeskChange
from stampwell.jobs.models import Job
from stampwell.redeem_codes import making, recipes
from stampwell.redeem_codes.formats import CodeDoesNotFit, find_check_digit, why_code_does_not_fit
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.pools import archive_pool
from stampwell.redeem_codes.recipes import (
    ALPHABET,
    LEAST_GUESSES,
    Recipe,
    bits_of,
    check_character,
    guesses_for,
    most_free,
    new_code,
)
from stampwell.redeem_codes.refusals import CodesTooEasy, CodesUnderWay, PoolArchived
from stampwell.redeem_codes.rows import JoinedBatch, PoolRow
from stampwell.refusal import NotFound
from tests.redeem_codes.working import codes_in, found, pool_of, revoke, stock, work
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "randbelow", random.Random(12).randrange)


def ask(shop: Shop, pool: PoolRow, count: int = 5, **more: Any) -> JoinedBatch:
    place = more.pop("location_id", None)
    return ask_to_make(shop.merchant, pool.id, Recipe(**more), count=count, location_id=place, actor=shop.actor)


def make(shop: Shop, pool: PoolRow, count: int = 5, **more: Any) -> JoinedBatch:
    batch = ask(shop, pool, count, **more)
    work(shop, pool, batch.id)
    return found(shop, pool, batch.id)


def test_codes_are_made_without_characters_that_look_alike(lume: Shop) -> None:
    pool = pool_of(lume)
    batch = make(lume, pool, 200, prefix="LUME0", has_check=True)

    codes = codes_in(pool)
    assert (batch.step, batch.codes, len(set(codes))) == ("waiting_for_till", 200, 200)
    assert all(re.fullmatch(f"LUME0[{ALPHABET}]{{9}}", code) for code in codes)
    assert not set("ILO01") & set(ALPHABET)
    assert codes != sorted(codes), "the order in which they are handed out tells nothing"


def test_a_wrong_character_and_two_that_changed_places_are_noticed() -> None:
    drawn = "7KQ2MXNP"
    right = check_character(drawn)

    for place, sign in enumerate(drawn):
        for other in ALPHABET.replace(sign, ""):
            assert check_character(drawn[:place] + other + drawn[place + 1 :]) != right
    for place in range(len(drawn) - 1):
        swapped = drawn[:place] + drawn[place + 1] + drawn[place] + drawn[place + 2 :]
        assert check_character(swapped) != right


def test_an_article_number_is_made_in_a_range_of_ones_own(lume: Shop) -> None:
    pool = pool_of(lume, code_format="ean13")
    make(lume, pool, 50, prefix="21")

    codes = codes_in(pool)
    assert len(codes) == 50
    assert all(code.startswith("21") and code[-1] == find_check_digit(code[:-1]) for code in codes)


@pytest.mark.parametrize(
    ("code_format", "more"),
    [("text", {}), ("qr", {}), ("code128", {"signs": 16}), ("upca", {}), ("itf", {"signs": 12}), ("code39", {})],
)
def test_what_is_made_fits_the_barcode(lume: Shop, code_format: str, more: dict[str, int]) -> None:
    pool = pool_of(lume, code_format=code_format)
    make(lume, pool, **more)

    assert len(codes_in(pool)) == 5
    assert {why_code_does_not_fit(code, code_format) for code in codes_in(pool)} == {None}


@pytest.mark.parametrize(
    ("code_format", "more"),
    [("itf", {"signs": 9}), ("ean13", {"prefix": "A"}), ("code39", {"signs": 16, "prefix": "LUME"})],
)
def test_what_no_barcode_would_hold_is_not_made(lume: Shop, code_format: str, more: dict[str, Any]) -> None:
    pool = pool_of(lume, code_format=code_format)

    with pytest.raises(CodeDoesNotFit):
        ask(lume, pool, **more)

    assert not CodeBatch.objects.exists()


def test_codes_that_somebody_would_guess_are_not_made(lume: Shop) -> None:
    pool = pool_of(lume)
    most = len(ALPHABET) ** 6 // LEAST_GUESSES
    stock(lume, pool, ["KA7F", "KB9X"])

    with pytest.raises(CodesTooEasy) as refused:
        ask(lume, pool, most - 1, signs=6)
    asked = ask(lume, pool, most - 2, signs=6)

    assert refused.value.facts == {"most": most - 2}, "those that are free count, too"
    assert guesses_for(asked) == len(ALPHABET) ** 6 // (most - 2)
    assert (guesses_for(asked) or 0) >= LEAST_GUESSES


def test_a_beginning_that_leaves_no_room_is_too_easy(lume: Shop) -> None:
    pool = pool_of(lume, code_format="ean8")

    for prefix in ("2", "2123456"):
        with pytest.raises(CodesTooEasy):
            ask(lume, pool, prefix=prefix)


def test_how_much_is_chance_is_told_in_bits(lume: Shop) -> None:
    assert 39.6 < bits_of(pool_of(lume), Recipe(signs=8)) < 39.7
    assert 33.2 < bits_of(pool_of(lume, code_format="ean13"), Recipe(prefix="21")) < 33.3
    assert most_free(pool_of(lume, code_format="ean13"), Recipe(prefix="21")) == 10_000


def test_a_code_that_the_shop_has_or_ever_had_is_not_made_again(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, other = pool_of(lume), pool_of(lume)
    drawn = [new_code(pool, Recipe()) for _code in range(5)]
    stock(lume, other, drawn[:1])
    revoke(lume, pool, stock(lume, pool, drawn[1:2]))
    stock(lume, pool, drawn[2:3])
    PoolCode.objects.filter(code=drawn[2]).update(given=now(), voucher_id=new_id())
    asked = ask(lume, pool, 5)
    monkeypatch.setattr(recipes, "randbelow", random.Random(12).randrange)

    work(lume, pool, asked.id)

    batch = found(lume, pool, asked.id)
    made = set(PoolCode.objects.filter(batch_id=batch.id).values_list("code", flat=True))
    assert made & set(drawn) == set(drawn[3:])
    assert (len(made), batch.codes, batch.rows) == (5, 5, 8), "three were drawn anew"


def test_what_was_made_is_withdrawn_like_a_file(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 2)
    pool = pool_of(lume)
    batch = make(lume, pool)

    revoke(lume, pool, batch.id)

    assert (found(lume, pool, batch.id).step, found(lume, pool, batch.id).withdrawn) == ("withdrawn", 5)
    assert not PoolCode.objects.filter(revoked=None).exists()


def test_what_was_made_in_part_goes_on_or_is_withdrawn(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 2)
    pool = pool_of(lume)
    batch = ask(lume, pool)
    work(lume, pool, batch.id, is_stopping=lambda: CodeBatch.objects.get(id=batch.id).codes > 1)
    assert len(codes_in(pool)) == 2

    with pytest.raises(CodesUnderWay):
        ask(lume, pool)
    work(lume, pool, batch.id)

    assert (found(lume, pool, batch.id).step, len(codes_in(pool))) == ("waiting_for_till", 5)
    broken = ask(lume, pool)
    work(lume, pool, broken.id, is_stopping=lambda: CodeBatch.objects.get(id=broken.id).codes > 1)
    Job.objects.filter(kind="make_codes", ended=None).update(state="failed", problem="unexpected", ended=now())
    revoke(lume, pool, broken.id)
    assert (found(lume, pool, broken.id).step, found(lume, pool, broken.id).withdrawn) == ("withdrawn", 2)


def test_who_made_codes_is_told_without_a_code(lume: Shop) -> None:
    pool = pool_of(lume)
    make(lume, pool, location_id=lume.location.id)

    assert DeskChange.objects.get(kind="codes.made").after == {"codes": 5}
    assert set(PoolCode.objects.values_list("location_id", flat=True)) == {lume.location.id}


def test_no_codes_are_made_for_a_list_that_was_put_away_or_of_somebody_else(lume: Shop, rossi: Shop) -> None:
    pool = pool_of(lume)
    with pytest.raises(NotFound):
        ask(rossi, pool)
    with pytest.raises(NotFound):
        ask(lume, pool, location_id=rossi.location.id)
    archive_pool(lume.merchant, pool.id, actor=lume.actor)

    with pytest.raises(PoolArchived):
        ask(lume, pool)
