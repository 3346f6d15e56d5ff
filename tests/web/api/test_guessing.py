"""Numbers of cards and codes of rewards are short; a key that tries many that are nobody's has to wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from stampwell.cards.links import rotating_secret
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.merchants.models import ApiKey
from stampwell.web.api.fast_lane import LongWay, _carry
from tests.counter.guesses import numbers_of_nobody
from tests.kept import made_once
from tests.web.api.client import ApiClient, Reply
from tests.web.api.test_fast_lane import request
from tests.world import HeldCard, Shop

MOST = 60
TILL_CODE = {"kind": "static", "code": "4711", "format": "text"}


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    reward = {"name": "A tea", "path": "redeem_code", "redeem_code": TILL_CODE}
    return lume.publish(
        milestones=[{"stamps": 10, "reward": reward}], earning={"by": "visit", "cooldown_seconds": 0}
    ).card()


def scan(api: ApiClient, code: str, **headers: str) -> Reply:
    return api.post("/scans", {"code": code}, **headers)


def rotating(card: HeldCard, *, number: str = "", off: int = 0) -> str:
    step = int(now().timestamp()) // STEP_SECONDS + off
    return rotating_text(number or card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))


@pytest.fixture
def guessed(api: ApiClient, card: HeldCard) -> ApiClient:
    """Has tried as many numbers in vain as it may."""
    numbers = numbers_of_nobody(card)
    for _guess in range(MOST):
        assert scan(api, next(numbers)).code == "unknown_code"
    return api


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.code, reply.json["detail"]


def test_who_tried_many_numbers_waits_and_finds_out_nothing(guessed: ApiClient, card: HeldCard) -> None:
    known, unknown = scan(guessed, card.row.short_number), scan(guessed, "1000 0017")

    assert told(known) == told(unknown)
    assert known.status == 429
    assert known.code == "too_many_attempts"
    assert 1 <= int(known.headers["Retry-After"]) <= 60
    assert known.json["facts"]["seconds"] == int(known.headers["Retry-After"])
    assert "belong to no card" in known.json["staff_message"]
    assert card.row.stamps == 0


@pytest.mark.parametrize(
    "guess",
    [
        lambda card: rotating(card, number="10000017"),
        lambda card: rotating(card, off=-10),
        lambda card: "4711",
        lambda card: "A word",
        lambda card: card.row.short_number,
    ],
    ids=["a rotating code of nobody", "an old rotating code", "a till code", "a word", "a number"],
)
def test_every_short_code_is_answered_alike_while_it_waits(
    guessed: ApiClient, card: HeldCard, guess: Callable[[HeldCard], str]
) -> None:
    assert told(scan(guessed, guess(card))) == told(scan(guessed, "1000 0017"))


@pytest.mark.parametrize(
    "shown", [lambda card: card.code, lambda card: card.url, rotating], ids=["a code", "a link", "a rotating code"]
)
def test_what_a_phone_shows_goes_on(guessed: ApiClient, card: HeldCard, shown: Callable[[HeldCard], str]) -> None:
    assert scan(guessed, shown(card)).status == 201
    assert card.row.stamps == 1


@pytest.mark.parametrize(
    "code", ["C" + "B" * 32, "https://example.com/a-drink", "https://x.example/c/rossi/" + "0" * 32]
)
def test_what_nobody_guesses_is_said_to_be_unknown_as_ever(guessed: ApiClient, code: str) -> None:
    assert scan(guessed, code).code == "unknown_code"


@pytest.mark.parametrize(
    "miss",
    [
        lambda place: rotating_text(f"{place:08}", "12345678"),
        lambda place: f"TEA-{place}",
        lambda place: f"{place:013}",
    ],
    ids=["rotating codes", "words", "thirteen digits"],
)
def test_short_codes_of_every_kind_count(api: ApiClient, card: HeldCard, miss: Callable[[int], str]) -> None:
    statuses = [scan(api, miss(place)).status for place in range(MOST + 1)]

    assert statuses == [404] * MOST + [429]


def test_a_number_that_no_card_can_have_tells_nothing_of_till_codes(api: ApiClient, card: HeldCard) -> None:
    assert told(scan(api, "4711")) == told(scan(api, "4712"))


def test_a_slip_of_the_finger_is_no_guess(api: ApiClient, card: HeldCard) -> None:
    number = card.row.short_number
    for _slip in range(MOST + 1):
        assert scan(api, number[:-1] + str((int(number[-1]) + 1) % 10)).status == 404

    assert scan(api, number).status == 201


def test_long_codes_of_nobody_do_not_count(api: ApiClient, card: HeldCard) -> None:
    for _scan in range(MOST + 1):
        assert scan(api, "C" + "B" * 32).status == 404

    assert scan(api, card.row.short_number).status == 201


def test_after_a_minute_it_goes_on(guessed: ApiClient, card: HeldCard) -> None:
    assert scan(guessed, card.row.short_number).status == 429

    with stopped_at(now() + timedelta(seconds=61)):
        assert scan(guessed, card.row.short_number).status == 201


def test_another_key_of_the_shop_goes_on(guessed: ApiClient, lume: Shop, card: HeldCard) -> None:
    assert scan(ApiClient(lume.api_key()), card.row.short_number).status == 201


def test_an_answer_that_was_given_is_given_again_while_it_waits(api: ApiClient, card: HeldCard) -> None:
    first = api.post("/scans", {"code": card.row.short_number}, key="tap-1")
    numbers = numbers_of_nobody(card)
    missed = api.post("/scans", {"code": next(numbers)}, key="tap-2")
    for _guess in range(MOST):
        scan(api, next(numbers))
    assert scan(api, card.row.short_number).status == 429

    again = api.post("/scans", {"code": card.row.short_number}, key="tap-1")

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    assert missed.status == 404
    assert card.row.stamps == 1


def test_the_refusal_passes_so_it_is_not_kept(guessed: ApiClient, card: HeldCard) -> None:
    assert guessed.post("/scans", {"code": card.row.short_number}, key="tap-3").status == 429

    with stopped_at(now() + timedelta(seconds=61)):
        assert guessed.post("/scans", {"code": card.row.short_number}, key="tap-3").status == 201


def test_guesses_that_are_not_answered_write_nothing_down(guessed: ApiClient, card: HeldCard) -> None:
    before = Event.objects.count()

    for _guess in range(3):
        assert scan(guessed, "1000 0017").status == 429

    assert Event.objects.count() == before


def test_the_fast_lane_carries_no_typed_number_of_who_has_to_wait(lume: Shop, card: HeldCard) -> None:
    key = lume.api_key()
    ApiKey.objects.update(no_guesses_until=now() + timedelta(seconds=30))
    body = f'{{"code":"{card.row.short_number}"}}'.encode()

    with pytest.raises(LongWay):
        _carry(request("POST", "/scans", key, body))

    assert card.row.stamps == 0


def test_a_moment_that_a_wrong_clock_wrote_keeps_nobody_waiting(api: ApiClient, card: HeldCard) -> None:
    ApiKey.objects.update(no_guesses_until=now() + timedelta(hours=3))

    assert scan(api, card.row.short_number).status == 201


def test_looking_numbers_up_is_guessing_too(api: ApiClient, card: HeldCard) -> None:
    numbers = numbers_of_nobody(card)
    for _guess in range(MOST):
        assert api.get(f"/cards?short_number={next(numbers)}").json["items"] == []

    for path in (f"/cards?short_number={card.row.short_number}", f"/cards?short_number={next(numbers)}"):
        assert api.get(path).code == "too_many_attempts"
    assert scan(api, card.row.short_number).status == 429
    assert api.get("/cards").status == 200


def test_numbers_that_are_there_are_looked_up_without_end(api: ApiClient, card: HeldCard) -> None:
    for _time in range(MOST + 1):
        assert len(api.get(f"/cards?short_number={card.row.short_number}").json["items"]) == 1
