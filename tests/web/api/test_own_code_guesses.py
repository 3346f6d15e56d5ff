"""Codes of vouchers tried in vain by many at one shop: nobody reads them for an hour, and all else goes on."""

from datetime import timedelta

import msgspec
import pytest
from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.counter import own_code_guesses
from stampwell.counter.guessing import a_device, recognise_for
from stampwell.counter.own_code_guesses import codes_closed_until
from stampwell.events.models import DeskChange, Event
from stampwell.mail.models import Mail
from stampwell.mail.queue import Content
from stampwell.merchants import owner_mail
from stampwell.merchants.models import Merchant, StaffMember, Station
from stampwell.requests.models import Attempt
from stampwell.tokens import unseal
from stampwell.vouchers.api_codes import draw_api_code
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Voucher
from tests.kept import made_once
from tests.vouchers.test_api_codes import card_with_code, code_of
from tests.web.api.client import ApiClient, Reply
from tests.web.api.test_answers import redeem, refused
from tests.web.api.test_api_codes import mistyped
from tests.web.dashboard.conftest import desk as desk
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MOST_BY_ONE, MOST_OF_SHOP = 3, 6


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as a test likes to try; all else is as it is in earnest."""
    monkeypatch.setattr(own_code_guesses, "MOST_BY_ONE", MOST_BY_ONE)
    monkeypatch.setattr(own_code_guesses, "MOST_OF_SHOP", MOST_OF_SHOP)
    monkeypatch.setattr(owner_mail, "has_mail_server", lambda: True)


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return card_with_code(lume)


def named(card: HeldCard) -> str:
    return code_of(Voucher.objects.get(card_id=card.id).id)


def scan(api: ApiClient, code: str, **headers: str) -> Reply:
    return api.post("/scans", {"code": code}, **headers)


def guess(shop: Shop, *, keys: int, each: int = MOST_BY_ONE) -> list[ApiClient]:
    """So many keys of the shop try so many codes that are nobody's."""
    clients = [ApiClient(shop.api_key()) for _key in range(keys)]
    for client in clients:
        for _code in range(each):
            refused(scan(client, draw_api_code()), "unknown_code", 404)
    return clients


def closed(shop: Shop) -> bool:
    return codes_closed_until(Merchant.objects.get(id=shop.merchant.id)) is not None


def told() -> list[tuple[int, bool]]:
    events = Event.objects.filter(type="codes.guessed").order_by("at", "id")
    return [(event.data["tried"], event.data["closed_until"] is not None) for event in events]


def mails() -> list[Content]:
    return [
        msgspec.json.decode(unseal(bytes(mail.content or b"")), type=Content)
        for mail in Mail.objects.filter(kind="guessed_codes").order_by("id")
    ]


def test_where_many_keys_guess_no_code_is_read_and_all_else_goes_on(
    api: ApiClient, lume: Shop, rival: ApiClient, card: HeldCard
) -> None:
    voucher, code = Voucher.objects.get(card_id=card.id), named(card)
    scanner, _credential = lume.scanner()

    guess(lume, keys=2)

    for tried in (code, draw_api_code()):
        answer = scan(api, tried)
        refused(answer, "own_codes_closed", 429)
        refused(api.get(f"/vouchers?code={tried}"), "own_codes_closed", 429)
        at_counter = recognise_for(Merchant.objects.get(id=lume.merchant.id), a_device(scanner), tried).refusal
        assert at_counter is not None
        assert at_counter.code == "own_codes_closed"
    assert int(answer.headers["Retry-After"]) == 3600
    assert answer.json["what_customer_can_do"].startswith("Wait")
    refused(scan(rival, draw_api_code()), "unknown_code", 404)
    assert scan(api, voucher_code(voucher.id, 0)).json["kind"] == "voucher"
    with stopped_at(now() + HOUR / 2):
        assert scan(api, card.code).json["kind"] == "card"
        assert scan(api, code).status == 429
    assert redeem(api, f"vch_{voucher.id.hex}").status == 201


def test_one_key_alone_closes_nothing_and_the_owner_is_told(lume: Shop, api: ApiClient, card: HeldCard) -> None:
    guess(lume, keys=1, each=2 * MOST_OF_SHOP)

    assert not closed(lume)
    assert scan(api, named(card)).status == 200
    assert told() == [(MOST_BY_ONE, False)]
    assert [mail.subject for mail in mails()] == ["Somebody may be guessing codes: Café Lume"]


def test_that_codes_are_closed_is_told_once(lume: Shop, card: HeldCard) -> None:
    guess(lume, keys=2)

    assert told() == [(MOST_BY_ONE, False), (MOST_OF_SHOP, True)]
    by_one, closing = mails()
    for said in (by_one.text, by_one.html):
        assert "They were all tried with the same key or device. Everything else goes on as always." in said
        assert "The journal says which key or device it was." in said
    for said in (closing.text, closing.html):
        assert "So no code of a voucher is read by a connected till until" in said
        assert "which key or device" not in said


def test_the_same_code_tried_again_and_again_counts_once(lume: Shop, card: HeldCard) -> None:
    code = draw_api_code()
    for client in (ApiClient(lume.api_key()), ApiClient(lume.api_key())):
        for _time in range(MOST_OF_SHOP):
            refused(scan(client, code), "unknown_code", 404)

    assert not closed(lume)
    assert told() == []


def test_whoever_tries_one_code_over_and_over_takes_it_from_nobody(lume: Shop, card: HeldCard) -> None:
    """What a limit of each code would let a stranger do who has seen it once."""
    stranger, till, code = ApiClient(lume.api_key()), ApiClient(lume.api_key()), named(card)
    voucher = scan(till, code).json["voucher"]["id"]
    held = till.post(f"/vouchers/{voucher}/reservation").json["reservation"]["id"]

    for _time in range(MOST_OF_SHOP + 1):
        refused(scan(stranger, mistyped(code)), "voucher_code_mistyped", 404)
        refused(redeem(stranger, voucher), "voucher_reserved")
        refused(redeem(stranger, voucher, reservation="rsv_" + "0" * 32), "voucher_reserved")

    assert scan(till, code).json["voucher"]["id"] == voucher
    assert redeem(till, voucher, reservation=held).status == 201
    assert told() == []


def test_what_customers_hold_up_to_a_device_closes_nothing(lume: Shop, card: HeldCard) -> None:
    for kind in (Station.Kind.KIOSK, Station.Kind.AUTOPILOT):
        station, _credential = lume.scanner()
        station.kind = kind
        for _code in range(MOST_OF_SHOP):
            recognise_for(lume.merchant, a_device(station), draw_api_code())

    assert not closed(lume)


def test_a_shop_without_such_codes_counts_none(lume: Shop) -> None:
    lume.publish()
    guess(lume, keys=2)

    assert not closed(lume)
    assert told() == []
    assert not Attempt.objects.filter(name__startswith="own-code").exists()


def test_after_an_hour_codes_are_read_again(api: ApiClient, lume: Shop, card: HeldCard) -> None:
    guess(lume, keys=2)
    assert scan(api, named(card)).status == 429

    with stopped_at(now() + HOUR + timedelta(seconds=1)):
        assert scan(api, named(card)).status == 200


def test_a_moment_that_a_wrong_clock_wrote_closes_nothing(api: ApiClient, lume: Shop, card: HeldCard) -> None:
    Merchant.objects.filter(id=lume.merchant.id).update(own_codes_closed_until=now() + 3 * HOUR)

    assert scan(api, named(card)).status == 200


def test_a_manager_lets_codes_be_read_again_and_who_guessed_closes_them_no_more(
    desk: DeskClient, api: ApiClient, lume: Shop, card: HeldCard
) -> None:
    clients = guess(lume, keys=2)
    before = words(desk.open("/"))
    cashier = sign_up_staff(lume, StaffMember.Role.CASHIER)
    assert cashier.send("/redeem-codes/reading/").status_code == 403
    assert scan(api, named(card)).status == 429

    desk.send("/redeem-codes/reading/")
    desk.send("/redeem-codes/reading/")

    assert "Voucher codes are not read by the till until" in before
    assert "Voucher codes are not read by the till until" not in words(desk.open("/"))
    assert scan(api, named(card)).status == 200
    assert DeskChange.objects.filter(kind="codes.opened").count() == 1
    for client in clients:
        for _code in range(MOST_OF_SHOP):
            refused(scan(client, draw_api_code()), "unknown_code", 404)
    assert not closed(lume)


def test_an_address_waits_alone_whatever_its_keys(lume: Shop, card: HeldCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_code_guesses, "MOST_FROM_ADDRESS", MOST_OF_SHOP - 1)
    clients = guess(lume, keys=MOST_OF_SHOP - 1, each=1)

    for tried in (named(card), draw_api_code()):
        refused(scan(clients[0], tried), "too_many_attempts", 429)
        refused(clients[0].get(f"/vouchers?code={tried}"), "too_many_attempts", 429)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    key = {"Authorization": f"Bearer {lume.api_key()}"}
    assert elsewhere.get(f"/api/v1/vouchers?code={named(card)}", headers=key).status_code == 200
    scanner, _credential = lume.scanner()
    assert recognise_for(lume.merchant, a_device(scanner), named(card)).voucher_id


def test_what_customers_type_into_an_online_shop_does_not_close_its_address(
    api: ApiClient, lume: Shop, card: HeldCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_code_guesses, "MOST_FROM_ADDRESS", MOST_OF_SHOP)
    (online_shop,) = guess(lume, keys=1, each=2 * MOST_OF_SHOP)

    assert scan(online_shop, named(card)).status == 200
    assert scan(api, named(card)).status == 200


def test_where_a_manager_lets_codes_be_read_again_the_addresses_of_the_shop_are_read_too(
    desk: DeskClient, api: ApiClient, lume: Shop, card: HeldCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_code_guesses, "MOST_FROM_ADDRESS", MOST_OF_SHOP)
    guess(lume, keys=2)
    desk.send("/redeem-codes/reading/")

    assert scan(api, named(card)).status == 200
