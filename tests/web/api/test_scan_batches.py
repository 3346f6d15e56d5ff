"""Scans that a program kept without a network: handed in together, each once."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from stampwell.cards.models import Stamp
from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.models import Location
from stampwell.offline.models import KeptScan
from stampwell.vouchers.links import voucher_code
from tests.kept import made_once
from tests.moments import START
from tests.web.api.client import ApiClient
from tests.web.customer import give_stamps
from tests.world import HeldCard, Offer, Shop

LATER = START + timedelta(hours=3)


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()


def kept(code: str, key: str = "k1", at: datetime = START, **more: Any) -> dict[str, Any]:
    return {"key": key, "code": code, "scanned_at": at.isoformat(), **more}


def hand_in(api: ApiClient, *scans: dict[str, Any]) -> list[dict[str, Any]]:
    reply = api.post("/scans/batch", {"scans": scans})
    assert reply.status == 200, reply.body
    results: list[dict[str, Any]] = reply.json["results"]
    return results


def test_each_scan_is_counted_when_it_comes_by_when_it_was(api: ApiClient, lume: Shop, card: HeldCard) -> None:
    with stopped_at(LATER):
        (result,) = hand_in(api, kept(card.code, location_id=public_id("loc", lume.location.id)))

    stamp = Stamp.objects.get()
    assert result == {
        "key": "k1",
        "state": "counted",
        "reason": None,
        "message": "The scan counts: 1 stamp was added.",
        "scan_id": public_id("ksc", KeptScan.objects.get().id),
        "card_id": public_id("crd", card.id),
        "stamp_id": public_id("stp", stamp.id),
        "errors": None,
    }
    assert (stamp.occurred, stamp.at, stamp.source, stamp.location_id) == (START, LATER, "api", lume.location.id)


def test_the_same_scans_again_have_one_effect_and_the_same_answer(api: ApiClient, offer: Offer) -> None:
    scans = [kept(offer.card().code, f"k{number}") for number in range(3)]

    assert hand_in(api, *scans) == hand_in(api, *scans)
    assert Stamp.objects.count() == 3


def test_what_does_not_fit_waits_or_is_refused_and_harms_no_other(
    api: ApiClient, offer: Offer, rival: ApiClient, rossi: Shop
) -> None:
    one, other = offer.card(), offer.card()
    foreign = rossi.publish().card()

    results = hand_in(
        api,
        kept(one.code, "1"),
        kept(one.code, "2", START + timedelta(seconds=5)),
        kept("CNOBODY", "3"),
        kept(foreign.code, "4"),
        kept(other.code, "5", START - timedelta(days=400)),
        kept(other.code, "6", START + timedelta(days=40_000)),
        kept(other.code, "7"),
    )

    assert [(result["state"], result["reason"]) for result in results] == [
        ("counted", None),
        ("waiting", "cooldown"),
        ("refused", "unknown_code"),
        ("refused", "unknown_code"),
        ("waiting", "clock_not_believed"),
        ("waiting", "clock_not_believed"),
        ("counted", None),
    ]
    assert foreign.row.stamps == 0


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_moment_that_no_clock_can_say_is_invalid_and_harms_no_other(
    api: ApiClient, offer: Offer, moment: str
) -> None:
    scans = [kept(offer.card().code, "1") | {"scanned_at": moment}, kept(offer.card().code, "2")]

    for _ in range(2):
        wrong, good = hand_in(api, *scans)
        assert (wrong["state"], wrong["reason"], good["state"]) == ("invalid", "no_moment", "counted")
    assert [scan.key for scan in KeptScan.objects.all()] == ["2"]


def test_two_keys_of_a_shop_may_use_the_same_key_for_a_scan(lume: Shop, offer: Offer) -> None:
    one, other = ApiClient(lume.api_key()), ApiClient(lume.api_key())

    assert hand_in(one, kept(offer.card().code))[0]["state"] == "counted"
    assert hand_in(other, kept(offer.card().code))[0]["state"] == "counted"
    assert hand_in(other, kept(offer.card().code))[0]["state"] == "invalid"


def test_a_key_that_may_only_read_hands_in_nothing(lume: Shop, card: HeldCard) -> None:
    reader = ApiClient(lume.api_key(Scope.CARDS_READ, Scope.EVENTS_READ))

    assert reader.post("/scans/batch", {"scans": [kept(card.code)]}).code == "scope_missing"
    assert card.row.stamps == 0


def test_what_cannot_be_of_a_shop_or_a_purchase_is_invalid_and_harms_no_other(
    lume: Shop, rossi: Shop, offer: Offer
) -> None:
    here = ApiClient(issue_api_key(lume.merchant, name="Till", scopes=list(Scope), location=lume.location)[1])
    elsewhere = Location.objects.create(merchant=lume.merchant, name="Harbour")
    one, other = offer.card(), offer.card()

    results = hand_in(
        here,
        kept(one.code, "1", location_id=public_id("loc", rossi.location.id)),
        kept(one.code, "2", location_id=public_id("loc", elsewhere.id)),
        kept(one.code, "3", location_id="nowhere"),
        kept(one.code, "4", count=1, amount=500),
        kept(other.code, "5"),
    )

    assert [(result["key"], result["state"], result["reason"]) for result in results] == [
        ("1", "invalid", "not_found"),
        ("2", "invalid", "location_not_allowed"),
        ("3", "invalid", "not_found"),
        ("4", "invalid", "not_together"),
        ("5", "counted", None),
    ]
    assert all(result["message"] for result in results)
    assert (one.row.stamps, other.row.stamps, KeptScan.objects.count()) == (0, 1, 1)


@pytest.mark.parametrize(
    ("change", "pointer", "wrong"),
    [
        ({"key": ""}, "/scans/1/key", "too_short"),
        ({"key": "a\nb"}, "/scans/1/key", "wrong_format"),
        ({"code": "half\0"}, "/scans/1/code", "wrong_format"),
        ({"scanned_at": "yesterday"}, "/scans/1/scanned_at", "wrong_format"),
        ({"count": 0}, "/scans/1/count", "too_small"),
        ({"override": True}, "/scans/1/override", "unknown_field"),
    ],
)
def test_a_scan_of_the_wrong_form_is_pointed_at_in_its_place_and_harms_no_other(
    api: ApiClient, offer: Offer, change: dict[str, Any], pointer: str, wrong: str
) -> None:
    cards = [offer.card() for _card in range(3)]
    scans = [kept(card.code, f"k{number}") for number, card in enumerate(cards)]
    scans[1] |= change

    for _ in range(2):
        before, bad, after = hand_in(api, *scans)
        assert (before["state"], after["state"], before["errors"]) == ("counted", "counted", None)
        assert (bad["key"], bad["state"], bad["reason"]) == (scans[1]["key"], "invalid", "invalid_request")
        assert [(error["pointer"], error["code"]) for error in bad["errors"]] == [(pointer, wrong)]
    assert [card.row.stamps for card in cards] == [1, 0, 1]


def test_of_five_hundred_lines_one_that_cannot_be_read_loses_no_other(api: ApiClient, offer: Offer) -> None:
    """A number where a scan should be, the same field twice, and nesting without an end."""
    card = offer.card()
    lines = [msgspec.json.encode(kept("CNOBODY", f"k{number}")) for number in range(500)]
    lines[7], lines[8], lines[9] = b"7", b'{"key": "k8", "key": "k8"}', b"[" * 30 + b"]" * 30
    lines[499] = msgspec.json.encode(kept(card.code, "k499"))

    reply = api.send("POST", "/scans/batch", b'{"scans": [' + b",".join(lines) + b"]}", key="k")

    results = reply.json["results"]
    assert [result["key"] for result in results[:7]] == [f"k{number}" for number in range(7)]
    assert [(one["key"], one["errors"][0]["pointer"], one["errors"][0]["code"]) for one in results[7:10]] == [
        ("", "/scans/7", "wrong_type"),
        ("k8", "/scans/8/key", "duplicate_key"),
        ("", "/scans/9", "too_deep"),
    ]
    assert (len(results), results[499]["state"], card.row.stamps) == (500, "counted", 1)


def test_one_bad_scan_among_as_many_as_fit_loses_none_of_the_good_ones(api: ApiClient, offer: Offer) -> None:
    cards = [offer.card() for _card in range(5)]
    lines = [kept(cards[number % 5].code, f"k{number % 5}") for number in range(500)]
    lines[250] |= {"key": "bad", "scanned_at": "yesterday"}

    results = hand_in(api, *lines)

    assert (results[250]["key"], results[250]["state"]) == ("bad", "invalid")
    assert [result["state"] for result in results].count("counted") == 499
    assert [card.row.stamps for card in cards] == [1] * 5


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (rb'{"key": "k1", "code": "\ud800", "scanned_at": "2026-11-01T10:00:00Z"}', "k1"),
        (rb'{"key": "\udfff", "code": "c", "scanned_at": "2026-11-01T10:00:00Z"}', ""),
        (b'{"key": "k1", "code": "c", "count": ' + b"9" * 5000 + b"}", "k1"),
        (b'{"key": ' + b"9" * 5000 + b"}", ""),
    ],
)
def test_a_half_sign_and_an_endless_number_harm_no_other_line(
    api: ApiClient, card: HeldCard, line: bytes, key: str
) -> None:
    good = msgspec.json.encode(kept(card.code, "k2"))

    reply = api.send("POST", "/scans/batch", b'{ "scans" : [ ' + line + b" , " + good + b" ] }", key="k")

    bad, after = reply.json["results"]
    assert (bad["key"], bad["state"]) == (key, "invalid")
    assert bad["errors"][0]["pointer"].startswith("/scans/0")
    assert (after["key"], after["state"]) == ("k2", "counted")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"scans": []}', "invalid_request"),
        (b'{"scans": [1], "scans": [2]}', "invalid_request"),
        (b'{"scans": [1], "more": 1}', "invalid_request"),
        (b'[["scans", [1]]]', "invalid_request"),
        (b'{"scans": [' + b",".join([b"1"] * 501) + b"]}", "invalid_request"),
        (b'{"scans": [1', "invalid_json"),
        (b'{"scans": ["\xff"]}', "invalid_json"),
        (b'{"scans": [{"count": NaN}]}', "invalid_request"),  # which is no JSON
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(api: ApiClient, body: bytes, code: str) -> None:
    assert api.send("POST", "/scans/batch", body, key="k").code == code


def test_each_is_told_in_the_language_of_whoever_asks(api: ApiClient, card: HeldCard) -> None:
    scans = [kept(card.code), kept(card.code, "") | {"count": 0}]
    english = hand_in(api, *scans)
    latvian = api.post("/scans/batch", {"scans": scans}, accept_language="lv").json["results"]

    assert english[0]["message"] == "The scan counts: 1 stamp was added."
    assert latvian[0]["message"] == "Skenējums ir ieskaitīts: pievienots 1 zīmogs."
    assert latvian[1]["errors"][0]["message"] != english[1]["errors"][0]["message"]
    assert latvian[0] | {"message": ""} == english[0] | {"message": ""}


def test_a_reward_is_not_handed_out(api: ApiClient, card: HeldCard) -> None:
    give_stamps(card, 10)
    voucher = card.open_vouchers[0]
    (result,) = hand_in(api, kept(voucher_code(voucher.id, voucher.issue)))

    assert (result["state"], result["reason"]) == ("refused", "rewards_need_connection")


def test_a_receipt_code_among_them_is_refused_and_harms_no_other(api: ApiClient, lume: Shop, card: HeldCard) -> None:
    """It is for the customer's own phone; without a network nobody knew what it was."""
    code = api.post("/receipt-codes", {"receipt_id": "1"}).json["code"]

    receipt, stamped = hand_in(api, kept(code), kept(card.code, "k2"))

    assert (receipt["state"], receipt["reason"], stamped["state"]) == ("refused", "receipt_code_scanned", "counted")
    assert receipt["message"] == "Customers scan receipt codes with their own phone."
    assert Stamp.objects.count() == 1
