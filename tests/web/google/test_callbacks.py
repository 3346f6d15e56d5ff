"""Google's callbacks: only what is really Google's, new, and about a card of this shop is taken."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.wallet.google.callbacks import forget_old_callbacks
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleNonce, GoogleObject
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import Google
from tests.web.api.client import ApiClient
from tests.web.customer import give_stamps
from tests.world import HeldCard, Shop

type Json = dict[str, Any]


@pytest.fixture(autouse=True)
def no_keys_of_another_test(db: None) -> None:
    cache.clear()


@pytest.fixture
def saved(google: Google, card: HeldCard) -> HeldCard:
    """A card that stands at Google."""
    save_link(card.shop.merchant, card.id)
    send_due_cards()
    return card


def in_milliseconds(seconds: float) -> int:
    return int((now().timestamp() + seconds) * 1000)


def message_about(google: Google, event_type: str = "save", **different: Any) -> Json:
    about = google.card()
    message: Json = {
        "classId": about["classId"],
        "objectId": about["id"],
        "eventType": event_type,
        "expTimeMillis": in_milliseconds(3600),
        "count": 1,
        "nonce": "nonce-1",
    }
    return message | different


def send(card: HeldCard, body: Json | bytes) -> HttpResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = f"/wallet/google/callbacks/{card.shop.merchant.slug}"
    client = Client(enforce_csrf_checks=True)
    return client.post(url, content, content_type="application/json")  # type: ignore[return-value]


def told(card: HeldCard) -> list[str]:
    return list(
        Event.objects.filter(merchant=card.shop.merchant, card_id=card.id, type__in=("card.saved", "card.removed"))
        .order_by("at", "id")
        .values_list("type", flat=True)
    )


def row_of(card: HeldCard) -> GoogleObject:
    return GoogleObject.objects.get(kind="card", card_id=card.id)


def test_google_is_told_where_to_call(google: Google, saved: HeldCard) -> None:
    (program,) = google.objects["loyaltyClass"].values()

    assert program["callbackOptions"] == {"url": "https://stampwell.example/wallet/google/callbacks/cafe-lume"}


def test_a_saved_card_is_written_down(google: Google, saved: HeldCard) -> None:
    answer = send(saved, google.callback(message_about(google)))

    assert answer.status_code == 200
    assert told(saved) == ["card.saved"]
    assert row_of(saved).saved is not None
    event = Event.objects.get(type="card.saved")
    assert sorted(event.data) == ["card_id", "wallet"]
    assert event.data["wallet"] == "google"


def test_a_removed_card_is_written_down_and_no_longer_sent(google: Google, saved: HeldCard) -> None:
    send(saved, google.callback(message_about(google)))
    send(saved, google.callback(message_about(google, "del", nonce="nonce-2", expTimeMillis=in_milliseconds(3700))))
    google.asked.clear()

    give_stamps(saved, 2)
    send_due_cards()

    assert told(saved) == ["card.saved", "card.removed"]
    assert google.asked == []


def test_a_card_saved_again_is_brought_up_to_date(google: Google, saved: HeldCard) -> None:
    send(saved, google.callback(message_about(google, "del")))
    give_stamps(saved, 2)

    send(saved, google.callback(message_about(google, nonce="nonce-2", expTimeMillis=in_milliseconds(3700))))
    send_due_cards()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_the_same_callback_twice_counts_once(google: Google, saved: HeldCard) -> None:
    body = google.callback(message_about(google))

    assert [send(saved, body).status_code for _ in range(3)] == [200, 200, 200]
    assert told(saved) == ["card.saved"]


def test_a_removal_older_than_the_last_save_does_not_win(google: Google, saved: HeldCard) -> None:
    newer, older = in_milliseconds(3700), in_milliseconds(3600)
    send(saved, google.callback(message_about(google, "save", nonce="late", expTimeMillis=newer)))

    answer = send(saved, google.callback(message_about(google, "del", nonce="early", expTimeMillis=older)))

    assert answer.status_code == 200
    assert told(saved) == ["card.saved"]
    assert row_of(saved).removed is None


def test_letters_of_every_script_are_measured_in_bytes(google: Google, saved: HeldCard) -> None:
    assert send(saved, google.callback(message_about(google, nonce="šāviņš-珈琲"))).status_code == 200
    assert told(saved) == ["card.saved"]


def test_moments_may_come_as_text(google: Google, saved: HeldCard) -> None:
    body = google.callback(message_about(google, expTimeMillis=str(in_milliseconds(3600))))

    assert send(saved, body).status_code == 200


FORGED: list[Json] = [
    {"root": ec.generate_private_key(ec.SECP256R1())},
    {"root": ec.generate_private_key(ec.SECP384R1())},
    {"sender": "SomebodyElse"},
    {"issuer": "3388000000099999999"},
    {"protocol": "ECv1"},
    {"protocol": "ECv2"},
    {"key_expires": 1_700_000_000_000},
    {"key_expires": "never"},
    {"key_expires": 10**30},
]


@pytest.mark.parametrize("different", FORGED, ids=lambda different: next(iter(different)))
def test_what_is_not_googles_is_refused(google: Google, saved: HeldCard, different: Json) -> None:
    answer = send(saved, google.callback(message_about(google), **different))

    assert (answer.status_code, answer.content) == (403, b"")
    assert (told(saved), GoogleNonce.objects.count()) == ([], 0)


def test_a_changed_message_is_refused(google: Google, saved: HeldCard) -> None:
    body = google.callback(message_about(google))
    body["signedMessage"] = body["signedMessage"].replace('"save"', '"del" ')

    assert send(saved, body).status_code == 403
    assert told(saved) == []


def test_a_changed_key_is_refused(google: Google, saved: HeldCard) -> None:
    body, other = google.callback(message_about(google)), google.callback(message_about(google))
    body["intermediateSigningKey"]["signedKey"] = other["intermediateSigningKey"]["signedKey"]

    assert send(saved, body).status_code == 403


def test_text_moved_from_one_part_to_another_is_refused(google: Google, saved: HeldCard) -> None:
    body = google.callback(message_about(google), sender="GooglePayPassesECv2", protocol="SigningOnly")
    body["protocolVersion"] = "ECv2SigningOnly"

    assert send(saved, body).status_code == 403


def test_an_expired_message_is_refused(google: Google, saved: HeldCard) -> None:
    body = google.callback(message_about(google))

    with stopped_at(now() + timedelta(hours=2)):
        assert send(saved, body).status_code == 403
    assert told(saved) == []


def test_a_root_key_that_is_over_is_not_trusted(google: Google, saved: HeldCard) -> None:
    google.root_expires = in_milliseconds(-1)

    assert send(saved, google.callback(message_about(google))).status_code == 403


@pytest.mark.parametrize(
    "different",
    [
        {"objectId": "3388000000012345678.unknown"},
        {"classId": "3388000000012345678.unknown"},
        {"objectId": "1.1"},
        {"eventType": "stolen"},
        {"nonce": ""},
        {"nonce": "n" * 201},
        {"nonce": "n\0"},
        {"objectId": "3388000000012345678.\0"},
        {"expTimeMillis": "soon"},
        {"expTimeMillis": 10**40},
        {"expTimeMillis": None},
        {"objectId": 7},
    ],
    ids=str,
)
def test_a_signed_message_that_makes_no_sense_here_is_refused(google: Google, saved: HeldCard, different: Json) -> None:
    assert send(saved, google.callback(message_about(google, **different))).status_code == 403
    assert told(saved) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 9000, b'{"signature": 1}'])
def test_what_is_no_callback_is_refused(google: Google, saved: HeldCard, body: bytes) -> None:
    assert send(saved, body).status_code == 403


@pytest.mark.parametrize("length", [20_000, 300_000])
def test_a_long_body_is_not_read(google: Google, saved: HeldCard, length: int) -> None:
    assert send(saved, b" " * length).status_code == 413


def test_another_shops_card_is_refused(google: Google, saved: HeldCard, rossi: Shop) -> None:
    body = json.dumps(google.callback(message_about(google)))

    answer = Client().post(f"/wallet/google/callbacks/{rossi.merchant.slug}", body, content_type="application/json")

    assert answer.status_code == 403
    assert told(saved) == []


def test_an_unknown_shop_is_not_found(google: Google) -> None:
    assert Client().post("/wallet/google/callbacks/nobody", b"{}", content_type="application/json").status_code == 404


def test_without_a_service_account_there_is_no_such_page(google: Google, saved: HeldCard, settings: Settings) -> None:
    settings.WALLET_GOOGLE_ACCOUNT = ""

    assert send(saved, google.callback(message_about(google))).status_code == 404


def test_only_post_is_taken(google: Google, saved: HeldCard) -> None:
    assert Client().get("/wallet/google/callbacks/cafe-lume").status_code == 405


def test_a_refusal_is_logged_without_what_came(
    google: Google, saved: HeldCard, caplog: pytest.LogCaptureFixture
) -> None:
    send(saved, google.callback(message_about(google, nonce="a-secret-nonce"), sender="SomebodyElse"))

    said = [record.getMessage() for record in caplog.records if record.name.startswith("stampwell")]
    assert said == ["A callback that says it is Google's was refused: key signature"]


def test_the_sender_can_be_set(google: Google, saved: HeldCard, settings: Settings) -> None:
    settings.WALLET_GOOGLE_CALLBACK_SENDER = "GoogleWalletPasses"

    assert send(saved, google.callback(message_about(google), sender="GoogleWalletPasses")).status_code == 200


def test_keys_are_fetched_once_a_day(google: Google, saved: HeldCard) -> None:
    for number in range(3):
        send(saved, google.callback(message_about(google, nonce=f"nonce-{number}")))
    assert google.key_requests == 1

    with stopped_at(now() + timedelta(hours=25)):
        send(saved, google.callback(message_about(google, nonce="tomorrow")))

    assert google.key_requests == 2


def test_keys_that_were_fetched_while_the_clock_was_ahead_are_fetched_anew(google: Google, saved: HeldCard) -> None:
    with stopped_at(now() + timedelta(days=3)):
        send(saved, google.callback(message_about(google, nonce="ahead")))
    google.root = ec.generate_private_key(ec.SECP256R1())

    assert send(saved, google.callback(message_about(google, nonce="right again"))).status_code == 200
    assert google.key_requests == 2


def test_old_keys_serve_while_google_does_not_answer(google: Google, saved: HeldCard, settings: Settings) -> None:
    send(saved, google.callback(message_about(google)))
    google.keys_trouble = 500

    with stopped_at(now() + timedelta(hours=25)):
        later = message_about(google, "del", nonce="later", expTimeMillis=in_milliseconds(4000))
        assert send(saved, google.callback(later)).status_code == 200

    assert told(saved) == ["card.saved", "card.removed"]


def test_without_any_keys_google_is_asked_to_call_again(google: Google, saved: HeldCard) -> None:
    google.keys_trouble = 500

    answers = [send(saved, google.callback(message_about(google))).status_code for _ in range(3)]

    assert answers == [503, 503, 503]
    assert (told(saved), google.key_requests) == ([], 1)  # forged callbacks do not make us ask each time
    google.keys_trouble = 0
    with stopped_at(now() + timedelta(minutes=2)):
        assert send(saved, google.callback(message_about(google))).status_code == 200


def test_keys_that_google_changed_within_the_day_are_fetched_at_once(google: Google, saved: HeldCard) -> None:
    send(saved, google.callback(message_about(google)))
    google.root = ec.generate_private_key(ec.SECP256R1())
    removal = message_about(google, "del", nonce="later", expTimeMillis=in_milliseconds(4000))

    with stopped_at(now() + timedelta(minutes=2)):
        assert send(saved, google.callback(removal)).status_code == 200

    assert told(saved) == ["card.saved", "card.removed"]


def test_forged_callbacks_make_us_fetch_keys_once_a_minute(google: Google, saved: HeldCard) -> None:
    forged = google.callback(message_about(google), sender="SomebodyElse")
    with stopped_at(now()):
        answers = {send(saved, forged).status_code for _ in range(5)}

    assert (answers, google.key_requests) == ({403}, 1)


def test_keys_are_fetched_when_one_of_them_ends(google: Google, saved: HeldCard) -> None:
    google.root_expires = in_milliseconds(600)
    send(saved, google.callback(message_about(google)))

    with stopped_at(now() + timedelta(minutes=11)):
        send(saved, google.callback(message_about(google, nonce="later")))

    assert google.key_requests == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"keyValue": "x", "keyExpiration": "soon", "protocolVersion": "ECv2SigningOnly"},
        {"keyValue": "x", "keyExpiration": 1.5, "protocolVersion": "ECv9"},
        {"keyValue": None},
        7,
    ],
    ids=str,
)
def test_an_odd_key_beside_a_good_one_does_no_harm(
    google: Google, saved: HeldCard, monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    published = {"keys": [odd, *google.root_keys()["keys"]]}
    monkeypatch.setattr(google, "root_keys", lambda: published)

    assert send(saved, google.callback(message_about(google))).status_code == 200


def test_an_empty_list_of_keys_is_not_kept_for_a_day(
    google: Google, saved: HeldCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(google, "root_keys", lambda: {"keys": []})
        assert send(saved, google.callback(message_about(google))).status_code == 503

    with stopped_at(now() + timedelta(minutes=2)):
        assert send(saved, google.callback(message_about(google))).status_code == 200


def test_callbacks_are_forgotten_when_they_would_be_refused_anyway(google: Google, saved: HeldCard) -> None:
    send(saved, google.callback(message_about(google)))
    forget_old_callbacks()
    assert GoogleNonce.objects.count() == 1

    with stopped_at(now() + timedelta(hours=2)):
        forget_old_callbacks()

    assert GoogleNonce.objects.count() == 0


def test_the_api_tells_it_as_an_event(google: Google, saved: HeldCard) -> None:
    send(saved, google.callback(message_about(google)))

    answer = ApiClient(saved.shop.api_key()).get("/events?type=card.saved,card.removed")

    (event,) = answer.json["items"]
    assert (event["type"], event["data"]) == (
        "card.saved",
        {"card_id": public_id("crd", saved.id), "wallet": "google"},
    )


def test_the_owner_reads_it_in_the_cards_history(google: Google, saved: HeldCard) -> None:
    send(saved, google.callback(message_about(google)))
    newer = in_milliseconds(3700)
    send(saved, google.callback(message_about(google, "del", nonce="nonce-2", expTimeMillis=newer)))
    client = Client()
    client.force_login(saved.shop.owner)

    page = client.get(f"/cards/{public_id('crd', saved.id)}/").content.decode()

    assert "The card was put into the phone’s wallet" in page
    assert "The card was taken out of the phone’s wallet" in page
