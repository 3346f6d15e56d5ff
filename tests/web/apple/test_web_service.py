"""The web service, asked as an iPhone asks it."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection, transaction

from stampwell import clock
from stampwell.cards.erasing import erase_customer
from stampwell.cards.links import card_code, card_url
from stampwell.cards.models import Card
from stampwell.cards.numbers import group_digits
from stampwell.cards.recovering import recover_card
from stampwell.events.draining import merchants_with_waiting_events, put_in_order
from stampwell.models import Device, Event, Merchant, Pass, Registration, Stamp
from stampwell.requests.models import Attempt
from stampwell.schedule import follow_events
from stampwell.wallet.apple.changes import look_again, send_again
from tests.following import follow_everything
from tests.moments import START
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db

MOMENT = START + timedelta(milliseconds=400)  # not at the beginning of a second

PRIVATE = "private, no-store"


def test_a_phone_registers_hears_fetches_and_unregisters(held: HeldByPhone, card: HeldCard) -> None:
    assert held.register().status_code == 201
    give_stamps(card, 3)
    catch_up()

    assert held.update() is True
    assert held.count == "3/10"
    assert held.update() is False
    assert held.unregister().status_code == 200
    assert (Registration.objects.count(), Device.objects.count()) == (0, 0)
    assert held.list_changed().status_code == 204


def test_the_address_of_the_service_carries_the_shop(held: HeldByPhone, card: HeldCard) -> None:
    assert held.service == f"/wallet/apple/{card.shop.merchant.slug}/v1"


def test_registering_again_keeps_the_new_push_token(held: HeldByPhone) -> None:
    assert held.register().status_code == 201
    assert held.register({"pushToken": "CD" * 32}).status_code == 200

    assert [device.push_token for device in Device.objects.all()] == ["cd" * 32]
    assert Registration.objects.count() == 1


@pytest.mark.long
def test_a_thousand_registrations_are_one(held: HeldByPhone) -> None:
    answers = [held.register().status_code for _time in range(1000)]

    assert answers == [201] + [200] * 999
    assert (Device.objects.count(), Registration.objects.count()) == (1, 1)


def test_one_pass_cannot_fill_the_table_with_devices(held: HeldByPhone) -> None:
    answers = []
    for number in range(103):
        held.phone.library_id = f"device-{number:03}"
        answers.append(held.register().status_code)

    assert answers == [201] * 100 + [429] * 3
    assert (Device.objects.count(), Registration.objects.count()) == (100, 100)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        {},
        {"pushToken": None},
        {"pushToken": 7},
        {"pushToken": ""},
        {"pushToken": "xyz" * 20},
        {"pushToken": "ab" * 32 + "a"},
        {"pushToken": "ab" * 500},
        {"pushToken": "ab\n" + "ab" * 31},
        {"pushToken": "\u0661" * 64},
        b'{"pushToken":"' + b"\0" * 64 + b'"}',
        b"[" * 5000,
    ],
)
def test_a_body_that_is_none_is_refused_clearly(held: HeldByPhone, body: object) -> None:
    answer = held.register(body)

    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")
    assert Device.objects.count() == 0


def test_a_body_without_end_is_not_read(held: HeldByPhone) -> None:
    assert held.register(b"x" * 70_000).status_code == 413


@pytest.mark.parametrize("library_id", ["%00", "a%20b", "x" * 101, "a;b", "ä"])
def test_a_device_with_an_odd_name_is_refused(held: HeldByPhone, library_id: str) -> None:
    held.phone.library_id = library_id

    assert held.register().status_code == 400
    assert held.list_changed().status_code == 204


def test_unknown_foreign_and_wrong_are_answered_alike(held: HeldByPhone, rossi: Shop) -> None:
    theirs = Phone().add(f"{path_of(rossi.publish(earning=AT_ONCE).card())}/apple")
    path, wrong = held.path, {"Authorization": "ApplePass " + "0" * 32}
    get = held.phone.client.get
    answers = [
        get(path),
        get(path, headers=wrong),
        get(path, headers={"Authorization": f"Bearer {held.opened.content['authenticationToken']}"}),
        get(path, headers={"Authorization": held.opened.content["authenticationToken"]}),
        get(path, headers=theirs.token),
        get(path.replace(held.serial, theirs.serial), headers=theirs.token),
        get(path.replace(held.serial, "0" * 32), headers=held.token),
        get(path.replace(held.pass_type, "pass.other"), headers=held.token),
        get(path.replace("cafe-lume", "nobody"), headers=held.token),
        get(path, headers={"Authorization": "ApplePass ä\udcff".encode("utf-8", "replace").decode("latin-1")}),
        get(path.replace(held.serial, "%00"), headers=held.token),
        held.register(headers=wrong),
        held.unregister(headers=wrong),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert Device.objects.count() == 0


def test_the_scheme_is_read_as_http_wants_it(held: HeldByPhone) -> None:
    token = held.opened.content["authenticationToken"]

    assert held.fetch(headers={"Authorization": f"applepass {token}"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/v1/log", 405),
        ("OPTIONS", "/v1/passes/pass.a/b", 405),
        ("DELETE", "/v1/devices/a/registrations/pass.a", 405),
        ("GET", "/v1/devices/a/registrations/pass.a/b", 405),
        ("POST", "//v1/log", 404),
        ("POST", "/v1/log/", 404),
        ("GET", "/v1/passes/pass.a/b%2Fc", 404),
        ("GET", "/v1/devices/a%2Fb/registrations/pass.a", 404),
        ("DELETE", "/v2", 404),
        ("GET", "", 404),
    ],
)
def test_a_call_that_does_not_exist_gets_a_short_no_that_nobody_keeps(
    phone: Phone, lume: Shop, method: str, path: str, status: int
) -> None:
    answer = phone.client.generic(method, f"/wallet/apple/{lume.merchant.slug}{path}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert answer.headers["Cache-Control"] == PRIVATE
    assert not answer.cookies


def test_a_list_with_thousands_of_parameters_is_refused_clearly(held: HeldByPhone) -> None:
    answer = held.phone.client.get(held.list_path + "?" + "&".join(f"a{number}=1" for number in range(9000)))

    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, PRIVATE)
    assert answer.json()["message"].endswith(".")


def test_authorization_comes_before_not_modified(held: HeldByPhone) -> None:
    seen = held.fetch().headers["Last-Modified"]

    assert held.fetch(seen).status_code == 304
    assert held.fetch(seen, headers={}).status_code == 401


def test_an_answer_without_a_body_tells_no_length_of_one(held: HeldByPhone) -> None:
    nobody = held.list_changed()
    unchanged = held.fetch(held.fetch().headers["Last-Modified"])

    assert (nobody.status_code, unchanged.status_code) == (204, 304)
    for answer in (nobody, unchanged):
        assert not {"Content-Length", "Content-Type"} & set(answer.headers)


def test_only_the_answers_that_apple_knows_and_none_is_kept(held: HeldByPhone, card: HeldCard) -> None:
    answers = [held.register(), held.list_changed(), held.fetch(), held.list_changed("0"), held.unregister()]
    answers.append(held.list_changed())

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 204]
    assert {answer.headers["Cache-Control"] for answer in answers} == {PRIVATE}


def test_other_methods_are_named(held: HeldByPhone) -> None:
    client = held.phone.client

    assert client.put(held.path).status_code == 405
    assert client.get(held.registration).headers["Allow"] == "POST, DELETE"
    assert client.get(f"{held.service}/log").status_code == 405


def test_the_tag_is_a_text_that_the_phone_sends_back(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    first = held.list_changed().json()
    give_stamps(card, 1)
    catch_up()

    second = held.list_changed(first["lastUpdated"]).json()

    assert first["serialNumbers"] == second["serialNumbers"] == [held.serial]
    assert re.fullmatch(r"[0-9]+", second["lastUpdated"])
    assert int(second["lastUpdated"]) > int(first["lastUpdated"])
    assert held.list_changed(second["lastUpdated"]).status_code == 204


@pytest.mark.parametrize("tag", ["", "-1", "abc", "1 OR 1=1", "9" * 19, "9" * 400, "\u0661", "1.5", "\0"])
def test_a_tag_that_was_never_given_means_from_the_beginning(held: HeldByPhone, tag: str) -> None:
    held.register()

    assert held.list_changed(tag).json()["serialNumbers"] == [held.serial]


def test_a_list_names_only_what_changed_since(offer: Offer, phone: Phone) -> None:
    cards = [offer.card() for _number in range(3)]
    passes = [phone.add(f"{path_of(card)}/apple") for card in cards]
    for each in passes:
        each.register()
    since = passes[0].list_changed().json()["lastUpdated"]
    for card in cards[:2]:
        give_stamps(card, 1)
    catch_up()

    changed = passes[0].list_changed(since).json()

    assert set(changed["serialNumbers"]) == {passes[0].serial, passes[1].serial}


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def test_two_changes_within_a_second_are_never_not_modified(held: HeldByPhone, card: HeldCard) -> None:
    with clock.stopped_at(MOMENT):
        give_stamps(card, 1)
        first = held.fetch()
    with clock.stopped_at(MOMENT + timedelta(milliseconds=1)):
        give_stamps(card, 1)
        second = held.fetch(first.headers["Last-Modified"])
        third = held.fetch(second.headers["Last-Modified"])

    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 304)
    step = parsedate_to_datetime(second.headers["Last-Modified"]) - parsedate_to_datetime(
        first.headers["Last-Modified"]
    )
    assert step == timedelta(seconds=1)


def test_who_sends_its_own_time_of_fetching_gets_a_change_of_the_same_second(held: HeldByPhone, card: HeldCard) -> None:
    with clock.stopped_at(MOMENT):
        held.fetch()
        give_stamps(card, 1)

        assert held.fetch(http_date(START)).status_code == 200


def test_a_change_that_the_worker_has_not_seen_is_fetched(held: HeldByPhone, card: HeldCard) -> None:
    seen = held.fetch().headers["Last-Modified"]
    give_stamps(card, 4)

    answer = held.fetch(seen)

    assert answer.status_code == 200
    assert HeldByPhone(held.phone, answer.content).count == "4/10"


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (http_date(START + timedelta(seconds=30)), 304),  # later than the change, and past
        (http_date(START - timedelta(hours=1)), 200),
        ("Fri, 22 Nov 2126 12:00:00 GMT", 200),  # from the future
        ("yesterday", 200),
        ("Sun, 99 Nov 2026 12:00:00 GMT", 200),
        ("Sun, 22 Nov 0000 12:00:00 GMT", 200),
        ("\xff", 200),
    ],
)
def test_dates_that_say_nothing_get_the_pass(phone: Phone, card: HeldCard, since: str, status: int) -> None:
    with clock.stopped_at(MOMENT):
        held = phone.add(f"{path_of(card)}/apple")
    with clock.stopped_at(MOMENT + timedelta(minutes=1)):
        assert held.fetch(since).status_code == status


def test_the_same_version_is_the_same_bytes(held: HeldByPhone, card: HeldCard) -> None:
    first, second = held.fetch().content, held.fetch().content
    give_stamps(card, 1)

    assert first == second == held.content
    assert held.fetch().content != first


def test_what_changed_between_download_and_registration_is_told(held: HeldByPhone, card: HeldCard) -> None:
    give_stamps(card, 1)
    catch_up()
    held.register()
    catch_up()

    assert held.update() is True
    assert held.count == "1/10"
    assert Registration.objects.filter(due__isnull=False).count() == 1


def test_a_second_phone_with_an_older_copy_is_told(held: HeldByPhone, card: HeldCard) -> None:
    late = HeldByPhone(Phone("another-phone", "cd" * 32), held.content)
    held.register()
    give_stamps(card, 2)
    catch_up()
    held.update()
    late.phone.last_updated = held.phone.last_updated  # it knows other passes of the shop, and this tag

    late.register()
    catch_up()

    assert late.update() is True
    assert late.count == "2/10"


def test_a_pass_that_cannot_be_made_keeps_no_other_from_being_told(
    offer: Offer, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    cards = [offer.card(), offer.card()]
    broken, whole = (phone.add(f"{path_of(card)}/apple") for card in cards)
    for card, each in zip(cards, (broken, whole), strict=True):
        each.register()
        give_stamps(card, 1)
    follow_everything()  # who counts visits has no use for such a day either
    Merchant.objects.update(time_zone="America/New_York")
    Stamp.objects.filter(card_id=cards[0].id).update(at=datetime(1, 1, 1, tzinfo=UTC))  # no date has year 0

    catch_up()

    assert "could not be made" in caplog.text
    assert whole.update() is True
    assert Pass.objects.get(serial=broken.serial).tag == 1


def test_while_the_database_fails_no_pass_is_set_aside(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    give_stamps(card, 1)
    catch_up_until_it_looks()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE location RENAME TO gone_location")

    with pytest.raises(psycopg.errors.UndefinedTable), transaction.atomic():
        look_again(card.shop.merchant.id)

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone_location RENAME TO location")
    look_again(card.shop.merchant.id)
    assert held.update() is True


def catch_up_until_it_looks() -> None:
    for merchant_id in merchants_with_waiting_events():
        put_in_order(merchant_id)
    follow_events()


def test_the_first_phone_saves_the_card_and_the_last_one_removes_it(held: HeldByPhone, card: HeldCard) -> None:
    other = HeldByPhone(Phone("another-phone", "cd" * 32), held.content)
    for each in (held, other):
        each.register()
    held.register(), held.unregister(), held.unregister()
    assert events_of(card) == ["card.saved"]

    other.unregister()

    assert events_of(card) == ["card.saved", "card.removed"]
    assert Event.objects.get(type="card.removed").data["wallet"] == "apple"


def events_of(card: HeldCard) -> list[str]:
    kept = Event.objects.filter(card_id=card.id, type__in=["card.saved", "card.removed"])
    return list(kept.order_by("at", "id").values_list("type", flat=True))


def test_a_pass_is_sent_again_on_request(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    held.update()
    send_again(card.shop.merchant.id, card.id)
    catch_up()

    assert held.update() is True


def test_the_pass_of_a_replaced_card_is_void_and_no_longer_opens_it(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    Card.objects.update(issue=1)

    made = HeldByPhone(held.phone, held.fetch().content).opened.content

    assert made["voided"] is True
    assert "barcodes" not in made
    assert card.url not in str(made)
    assert Pass.objects.count() == 1


def test_whoever_holds_the_pass_of_a_replaced_card_learns_nothing_more(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    give_stamps(card, 12)
    Card.objects.update(issue=1)
    catch_up()
    assert held.update() is True

    give_stamps(card, 1)
    catch_up()

    assert held.update() is False
    assert held.count == "0/10"
    assert held.opened.where("ready") == "backFields"
    assert "history" not in [field["key"] for field in held.opened.fields()]


def test_the_phone_of_a_recovered_card_hears_that_its_pass_is_void(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    give_stamps(card, 3)
    catch_up()
    held.update()

    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)
    catch_up()

    assert held.update() is True
    assert held.opened.content["voided"] is True
    assert "barcodes" not in held.opened.content
    for number in (card.row.short_number, group_digits(card.row.short_number)):
        assert number not in str(held.opened.content)


def test_the_phone_of_an_erased_customer_hears_that_its_pass_is_void_and_blank(
    held: HeldByPhone, card: HeldCard
) -> None:
    held.register()
    give_stamps(card, 3)
    catch_up()
    held.update()
    number = card.row.short_number

    erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)
    catch_up()

    assert held.update() is True
    assert held.opened.content["voided"] is True
    assert "barcodes" not in held.opened.content
    assert held.count == "0/10"
    assert not {"history", "number", "web"} & {field["key"] for field in held.opened.fields()}
    assert number not in str(held.opened.content)


def test_the_recovered_card_is_a_pass_of_its_own(held: HeldByPhone, phone: Phone, card: HeldCard) -> None:
    held.register()
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)

    moved = phone.add(f"{urlsplit(card_url(card.shop.merchant.slug, card.id, 1)).path}/apple")

    assert moved.serial != held.serial
    assert "voided" not in moved.opened.content
    assert moved.opened.content["barcodes"][0]["message"] == card_code(card.id, 1)


def test_many_wrong_tokens_are_slowed_down_and_the_right_one_is_not(held: HeldByPhone) -> None:
    with clock.stopped_at(MOMENT):
        answers = [held.fetch(headers={"Authorization": "ApplePass x"}).status_code for _time in range(302)]

        assert answers == [401] * 300 + [429] * 2
        assert held.fetch().status_code == 200


def test_complaints_of_a_phone_are_written_down(held: HeldByPhone, caplog: pytest.LogCaptureFixture) -> None:
    path = f"{held.service}/log"
    lines = ["Web service error\nfor pass", "x" * 5000, *["more"] * 100]

    answer = held.phone.client.post(path, {"logs": lines}, content_type="application/json")

    assert answer.status_code == 200
    said = [record.getMessage() for record in caplog.records if "Wallet on a phone" in record.getMessage()]
    assert len(said) == 20
    assert "Web service error\\nfor pass" in said[0]
    assert all(len(line) < 600 and "\n" not in line for line in said)
    assert b"Web service" not in answer.content


@pytest.mark.parametrize("body", [b"", b"{}", b'{"logs": "text"}', b'{"logs": [1]}', b"\xff", b'{"logs": null}'])
def test_a_log_that_is_none_is_refused_clearly(held: HeldByPhone, body: bytes) -> None:
    answer = held.phone.client.post(f"{held.service}/log", body, content_type="application/json")

    assert answer.status_code == 400


def test_logs_without_end_are_slowed_down(held: HeldByPhone) -> None:
    with clock.stopped_at(MOMENT):
        post = held.phone.client.post
        answers = [
            post(f"{held.service}/log", {"logs": []}, content_type="application/json").status_code
            for _time in range(61)
        ]

    assert answers == [200] * 60 + [429]


def test_made_up_devices_leave_one_row_for_their_address(held: HeldByPhone) -> None:
    for number in range(20):
        path = held.list_path.replace(held.phone.library_id, f"dev{number}")
        assert held.phone.client.get(path).status_code == 204

    assert Attempt.objects.filter(name__startswith="pass-").count() == 1
