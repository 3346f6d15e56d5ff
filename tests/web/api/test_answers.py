"""What each call answers, and each refusal that a program can meet."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from stampwell.cards.links import card_code, rotating_secret
from stampwell.cards.models import Card
from stampwell.cards.rotating import code_at_step, rotating_text
from stampwell.clock import now, stopped_at
from stampwell.merchants.models import Location
from stampwell.programs.models import Program
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.vouchers.models import Voucher
from stampwell.web.api.answering import ApiController
from tests.web.api.client import ApiClient, Reply
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

NO_WAIT = {"by": "visit", "cooldown_seconds": 0}
ONE_COFFEE = {"goal": 1, "earning": NO_WAIT}


def coffee(**reward: Any) -> dict[str, Any]:
    return {**ONE_COFFEE, "milestones": [{"stamps": 1, "reward": {"name": "A coffee", **reward}}]}


def card_path(card: HeldCard) -> str:
    return f"/cards/crd_{card.id.hex}"


def stamp(api: ApiClient, card: HeldCard, **purchase: Any) -> Reply:
    return api.post(f"{card_path(card)}/stamps", purchase)


def voucher_of(api: ApiClient, card: HeldCard) -> str:
    return str(stamp(api, card).json["vouchers_issued"][0]["id"])


def redeem(api: ApiClient, voucher: str, **body: Any) -> Reply:
    return api.post(f"/vouchers/{voucher}/redemption", body)


def refused(reply: Reply, code: str, status: int = 409) -> None:
    assert (reply.code, reply.status) == (code, status), reply.body
    problem = reply.json
    assert problem["type"].endswith(f"/{code}")
    for text in ("title", "detail", "staff_message", "customer_message", "what_to_do", "what_customer_can_do"):
        assert problem[text]
        assert "%" not in problem[text]


def test_answers_are_held_to_their_description_in_these_tests() -> None:
    assert ApiController.validate_responses is True


# --- Programs ---------------------------------------------------------------------------------


def test_a_program_reads_as_it_was_posted(api: ApiClient) -> None:
    posted = api.post("/programs", {"name": {"en": "Card", "lv": "Karte"}, **coffee(valid_days=30)}).json

    assert api.get(f"/programs/{posted['id']}").json == posted
    assert (posted["name"], posted["goal"], posted["version"]) == ({"en": "Card", "lv": "Karte"}, 1, 1)
    assert posted["state"] == "published"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"goal": 3}, "milestones_unclear"),
        ({"earning": {"by": "amount"}}, "earning_unclear"),
        (coffee(path="redeem_code"), "redeem_code_missing"),
        (
            coffee(path="redeem_code", redeem_code={"kind": "static", "code": "x", "format": "ean13"}),
            "code_does_not_fit",
        ),
        ({"name": "\u200b"}, "text_missing"),
        ({"name": "x" * 200}, "text_too_long"),
        ({"name": {"tlh": "x"}}, "language_not_offered"),
        (coffee(location_ids=["loc_1"]), "not_found"),
    ],
)
def test_a_program_that_cannot_be_kept_is_refused(api: ApiClient, change: dict[str, Any], code: str) -> None:
    reply = api.post("/programs", {"name": "Card", **coffee(), **change})

    refused(reply, code, 404 if code == "not_found" else 422)
    assert api.get("/programs").json["items"] == []


# --- Cards ------------------------------------------------------------------------------------


def test_the_same_external_id_gives_the_same_card(api: ApiClient, lume: Shop) -> None:
    body = {"program_id": f"prg_{lume.publish().program.id.hex}", "external_id": "till-7"}

    first, again = api.post("/cards", body), api.post("/cards", body)

    assert (first.status, again.status) == (201, 200)
    assert first.json == {**again.json, "is_new": True}
    assert again.json["is_new"] is False
    assert Card.objects.count() == 1


def test_what_a_known_customer_is_called_is_not_taken_and_the_answer_says_so(api: ApiClient, lume: Shop) -> None:
    body = {"program_id": f"prg_{lume.publish().program.id.hex}", "external_id": "till-7"}

    first = api.post("/cards", {**body, "customer": {"email": "cy@cy.example"}}, key="one")
    other = api.post("/cards", {**body, "customer": {"email": "di@di.example"}}, key="two")

    assert (first.json["customer_taken"], other.json["customer_taken"]) == (True, False)
    assert api.post("/cards", body).json["customer_taken"] is None
    assert api.get("/cards?email=di@di.example").json["items"] == []
    for key, reply, email in (("one", first, "cy@cy.example"), ("two", other, "di@di.example")):
        replayed = api.post("/cards", {**body, "customer": {"email": email}}, key=key)
        assert (replayed.status, replayed.body) == (reply.status, reply.body)


def test_a_card_without_a_language_speaks_the_merchants(api: ApiClient, lume: Shop) -> None:
    assert api.post("/cards", {"program_id": f"prg_{lume.publish().program.id.hex}"}).json["locale"] == "en"


def test_a_card_is_found_by_what_is_known_of_it(api: ApiClient, lume: Shop) -> None:
    offer = lume.publish()
    wanted = offer.card(external_id="till-7", email="cy@cy.example")
    offer.card(external_id="till-8", email="di@cy.example")
    shown = api.get(card_path(wanted)).json

    for query in (
        "external_id=till-7",
        f"short_number={shown['short_number']}",
        f"short_number={shown['short_number'][:4]}%20{shown['short_number'][4:]}",
        "email=CY@cy.example",
        "email=cy@cy.example&external_id=till-7",
    ):
        assert api.get(f"/cards?{query}").json == {"items": [shown], "next": None}, query
    assert api.get("/cards?email=cy@cy.example&external_id=till-8").json["items"] == []


def test_a_closed_program_gives_no_new_cards(api: ApiClient, lume: Shop) -> None:
    program = lume.publish().program
    Program.objects.filter(id=program.id).update(closed=now())

    refused(api.post("/cards", {"program_id": f"prg_{program.id.hex}"}), "program_closed")


# --- Stamps -----------------------------------------------------------------------------------


def test_an_amount_earns_what_it_is_worth(api: ApiClient, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "cooldown_seconds": 0}).card()

    reply = stamp(api, card, amount=1250, currency="EUR", receipt_id="R-1")

    assert (reply.json["stamp"]["count"], reply.json["stamp"]["amount"]) == (2, 1250)
    assert reply.json["card"]["remainder"] == {"amount": 250, "of": 500, "currency": "EUR"}


def test_a_stamp_says_when_it_was_earned(api: ApiClient, lume: Shop) -> None:
    at = (now() - timedelta(hours=2)).replace(microsecond=0)

    reply = stamp(api, lume.publish().card(), occurred_at=at.isoformat())

    assert reply.json["stamp"]["occurred_at"] == at.isoformat().replace("+00:00", "Z")


def test_reasons_not_to_stamp(api: ApiClient, lume: Shop) -> None:
    plain = lume.publish(earning=NO_WAIT).card()
    waiting = lume.publish().card()
    capped = lume.publish(earning={**NO_WAIT, "daily_cap": 1}).card()
    spending = lume.publish(earning={**NO_WAIT, "minimum_spend": 500}).card()
    by_amount = lume.publish(earning={**NO_WAIT, "by": "amount", "amount_per_stamp": 100}).card()
    for card in (waiting, capped):
        stamp(api, card)
    stamp(api, plain, receipt_id="R-1")

    refused(stamp(api, waiting), "cooldown")
    refused(stamp(api, waiting, override=True), "duplicate_scan")
    refused(stamp(api, capped), "daily_cap")
    too_little = stamp(api, spending, amount=100)
    refused(too_little, "below_minimum_spend")
    assert too_little.json["facts"]["missing"] == {"amount": 400, "currency": "EUR"}
    refused(stamp(api, plain, receipt_id="R-1"), "receipt_already_used")
    refused(stamp(api, by_amount), "amount_needed", 422)
    refused(stamp(api, by_amount, amount=100, currency="USD"), "amount_not_used", 422)
    refused(stamp(api, by_amount, amount=1_000_000), "too_many_stamps", 422)
    refused(stamp(api, plain, location_id="loc_" + "0" * 32), "not_found", 404)
    Card.objects.filter(id=plain.id).update(state="void")
    refused(stamp(api, plain), "card_void")


def test_no_stamp_while_the_shop_is_closed(api: ApiClient, lume: Shop) -> None:
    Location.objects.filter(id=lume.location.id).update(opening_hours={"1": []})
    card = lume.publish(earning={**NO_WAIT, "only_when_open": True}).card()

    refused(stamp(api, card, location_id=f"loc_{lume.location.id.hex}"), "outside_hours")


@pytest.mark.parametrize(
    ("reward", "status", "code"),
    [
        ({"hours": [["18:00", "24:00"], ["22:00", "02:00"]]}, 201, None),
        ({"hours": [["18:00", "18:00"]]}, 422, "hours_unclear"),
        ({"hours": [["18:00", "24:01"]]}, 422, "invalid_request"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, 422, "never_usable"),
    ],
)
def test_a_reward_has_hours_that_somebody_could_meet(
    api: ApiClient, reward: dict[str, Any], status: int, code: str | None
) -> None:
    steps = [{"stamps": 10, "reward": {"name": "A free shot", **reward}}]

    reply = api.post("/programs", {"name": "Night card", "goal": 10, "milestones": steps})

    assert (reply.status, reply.json.get("code")) == (status, code)


def test_a_stamp_is_undone_once(api: ApiClient, lume: Shop) -> None:
    given = stamp(api, lume.publish().card()).json["stamp"]["id"]

    in_part = api.post(f"/stamps/{given}/reversal", {"reason": "Wrong card", "amount": 100})
    undone = api.post(f"/stamps/{given}/reversal", {"reason": "Wrong card"})

    assert (in_part.status, in_part.json["errors"][0]["code"]) == (422, "unknown_field")
    assert undone.status == 201
    assert (undone.json["stamp"]["reverses"], undone.json["card"]["stamps"]) == (given, 0)
    assert undone.json["stamp"]["reason"] == "Wrong card"
    refused(api.post(f"/stamps/{given}/reversal", {"reason": "Again"}), "stamp_already_reversed")


def test_a_stamp_whose_reward_was_handed_out_stays(api: ApiClient, lume: Shop) -> None:
    given = stamp(api, lume.publish(**coffee()).card()).json
    redeem(api, given["vouchers_issued"][0]["id"])

    refused(api.post(f"/stamps/{given['stamp']['id']}/reversal", {"reason": "x"}), "voucher_already_used")


# --- Vouchers ---------------------------------------------------------------------------------


def test_a_voucher_is_given_by_hand(api: ApiClient, lume: Shop) -> None:
    offer = lume.publish()
    card, reward = offer.card(), offer.terms.milestones[0].reward

    given = api.post("/vouchers", {"card_id": f"crd_{card.id.hex}", "reward_id": f"rwd_{reward.id.hex}"})

    assert given.status == 201
    assert (given.json["state"], given.json["reward"]["name"]) == ("ready", "A biscuit")
    assert api.get(f"/vouchers/{given.json['id']}").json == given.json
    assert api.get(card_path(card)).json["vouchers"] == [given.json]


def test_a_reward_of_another_program_is_not_given(api: ApiClient, lume: Shop, rossi: Shop) -> None:
    card = f"crd_{lume.publish().card().id.hex}"
    other = lume.publish(**coffee()).terms.milestones[0].reward
    theirs = rossi.publish().terms.milestones[0].reward

    for reward in (f"rwd_{other.id.hex}", f"rwd_{theirs.id.hex}", "rwd_" + "0" * 32, "rwd_1", ""):
        refused(api.post("/vouchers", {"card_id": card, "reward_id": reward}), "not_found", 404)
    assert Voucher.objects.count() == 0


def test_a_void_card_gets_no_voucher(api: ApiClient, lume: Shop) -> None:
    offer = lume.publish()
    card = offer.card()
    Card.objects.filter(id=card.id).update(state="void")

    body = {"card_id": f"crd_{card.id.hex}", "reward_id": f"rwd_{offer.terms.milestones[0].reward.id.hex}"}
    refused(api.post("/vouchers", body), "card_void")


def test_a_voucher_is_found_by_its_code_or_card(api: ApiClient, lume: Shop) -> None:
    card = lume.publish(**coffee()).card()
    wanted = stamp(api, card).json["vouchers_issued"][0]
    voucher_of(api, lume.publish(**coffee()).card())

    for query in (f"code={wanted['code']}", f"code={wanted['code'].lower()}", f"card_id=crd_{card.id.hex}"):
        assert api.get(f"/vouchers?{query}").json == {"items": [wanted], "next": None}, query


def test_a_voucher_is_redeemed_once(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee()).card())
    here = f"loc_{lume.location.id.hex}"

    done = redeem(api, voucher, location_id=here, receipt_id="R-1")
    again = redeem(api, voucher)

    assert done.status == 201
    assert done.json["redemption"]["location_id"] == here
    assert done.json["voucher"]["state"] == "redeemed"
    refused(again, "voucher_already_redeemed")
    assert lume.location.name in again.json["staff_message"]
    assert again.json["facts"] == {"when": done.json["redemption"]["at"], "where": lume.location.name}


def test_reasons_not_to_redeem(api: ApiClient, lume: Shop) -> None:
    other = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    not_today = 1 + now().isoweekday() % 7
    later = voucher_of(api, lume.publish(**coffee(active_after_seconds=3600)).card())
    elsewhere = voucher_of(api, lume.publish(**coffee(location_ids=[f"loc_{other.id.hex}"])).card())
    # Two days from now: the merchant's day may be ahead of ours.
    another_day = voucher_of(api, lume.publish(**coffee(weekdays=[not_today % 7 + 1])).card())
    code = {"kind": "static", "code": "FREE"}
    held = voucher_of(api, lume.publish(**coffee(path="redeem_code", redeem_code=code)).card())
    api_voucher = lume.publish(**coffee(valid_days=1)).card()
    expired = voucher_of(api, api_voucher)
    given = stamp(api, lume.publish(**coffee()).card()).json
    api.post(f"/stamps/{given['stamp']['id']}/reversal", {"reason": "Wrong card"})

    refused(redeem(api, later), "voucher_not_ready")
    refused(redeem(api, elsewhere), "wrong_location")
    refused(redeem(api, another_day), "wrong_time")
    Voucher.objects.filter(id=held.removeprefix("vch_")).update(
        state="reserved", reserved_until=now() + timedelta(minutes=3)
    )
    refused(redeem(api, held), "voucher_reserved")
    refused(redeem(api, given["vouchers_issued"][0]["id"]), "voucher_void")
    with stopped_at(now() + timedelta(days=2)):
        refused(redeem(api, expired), "voucher_expired")


def test_a_redemption_is_taken_back_once(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee(valid_days=30)).card())
    redemption = redeem(api, voucher).json["redemption"]["id"]

    back = api.post(f"/redemptions/{redemption}/reversal", {"reason": "Dropped cup"})

    assert (back.status, back.json["voucher"]["state"]) == (201, "ready")
    assert back.json["reversal"]["redemption_id"] == redemption
    assert redeem(api, voucher).status == 201
    refused(api.post(f"/redemptions/{redemption}/reversal", {"reason": "x"}), "redemption_already_reversed")


# --- Scans ------------------------------------------------------------------------------------


def test_scanning_a_card_stamps_it(api: ApiClient, lume: Shop) -> None:
    offer = lume.publish(earning=NO_WAIT)
    card = offer.card()

    for code in (card.code, card.url, card.row.short_number, f" {card.code.lower()} "):
        reply = api.post("/scans", {"code": code})
        assert (reply.status, reply.json["kind"], reply.json["stamp"]["count"]) == (201, "card", 1), code
    assert reply.json["card"]["stamps"] == 4
    assert reply.json["card"]["web_url"] == card.url


def test_scanning_a_card_that_collects_by_amount_asks_for_it(api: ApiClient, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 100, "cooldown_seconds": 0}).card()

    asked = api.post("/scans", {"code": card.code})
    told = api.post("/scans", {"code": card.code, "amount": 250})

    assert (asked.status, asked.json["needs"], asked.json["stamp"]) == (200, "amount", None)
    assert (told.status, told.json["stamp"]["count"]) == (201, 2)


def test_scanning_a_voucher_offers_it(api: ApiClient, lume: Shop) -> None:
    voucher = stamp(api, lume.publish(**coffee()).card()).json["vouchers_issued"][0]

    for code in (voucher["code"], voucher["web_url"]):
        reply = api.post("/scans", {"code": code})
        assert (reply.status, reply.json["kind"]) == (200, "voucher")
        assert reply.json["voucher"] == voucher


def test_a_rotating_code_is_accepted_once(api: ApiClient, lume: Shop) -> None:
    card = lume.publish(earning=NO_WAIT).card()
    text = rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), int(now().timestamp() // 30)))

    first, again = api.post("/scans", {"code": text}), api.post("/scans", {"code": text})

    assert (first.status, first.json["live"]) == (201, True)
    refused(again, "code_out_of_date")


def test_codes_of_a_rival_are_unknown(api: ApiClient, rossi: Shop) -> None:
    theirs = rossi.publish(**coffee()).card()
    voucher = ApiClient(rossi.api_key())
    given = stamp(voucher, theirs).json["vouchers_issued"][0]

    for code in (theirs.code, theirs.url, theirs.row.short_number, given["code"], given["web_url"]):
        refused(api.post("/scans", {"code": code}), "unknown_code", 404)
    assert theirs.row.stamps == 0


def test_a_refused_scan_is_written_down(api: ApiClient, lume: Shop) -> None:
    card = lume.publish().card()
    api.post("/scans", {"code": card.code})

    refused(api.post("/scans", {"code": card.code}), "cooldown")

    events = api.get("/events?type=scan.refused").json["items"]
    assert [event["data"]["reason"] for event in events] == ["cooldown"]
    assert events[0]["data"]["card_id"] == f"crd_{card.id.hex}"


# --- When it is our fault ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(ValueError("a mistake"), 500, "internal_error"), (OperationalError("gone"), 503, "unavailable")],
)
def test_a_failure_of_ours_is_told_in_the_same_form(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    def fail(*_given: object) -> None:
        raise error

    monkeypatch.setattr("stampwell.web.api.me.describe_merchant", fail)

    reply = api.get("/me")

    refused(reply, code, status)
    assert "mistake" not in reply.body.decode()
    assert reply.json["retryable"] is True
    if status == 503:
        assert reply.headers["Retry-After"] == "1"


def test_the_codes_are_those_of_the_links(lume: Shop, api: ApiClient) -> None:
    card = lume.publish(**coffee()).card()
    given = stamp(api, card).json

    assert given["card"]["code"] == card_code(card.id, 0)
    voucher_id = Voucher.objects.get().id
    assert given["vouchers_issued"][0]["code"] == voucher_code(voucher_id, 0)
    assert given["vouchers_issued"][0]["web_url"] == voucher_url(lume.merchant.slug, voucher_id, 0)
