"""Letting a voucher end later, by programs."""

from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.merchants.access import Scope
from stampwell.vouchers.models import Voucher
from tests.moments import START, end_of_day
from tests.web.api.client import ApiClient
from tests.web.api.test_answers import coffee, refused, voucher_of
from tests.world import Shop

pytestmark = pytest.mark.django_db

MONTH = end_of_day(START, 30)
ASKED = {"expires_at": MONTH.isoformat(), "reason": "Was ill"}


def test_a_voucher_is_extended_once_for_a_key(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee(valid_days=7)).card())

    first = api.post(f"/vouchers/{voucher}/extension", ASKED, key="till-1")
    again = api.post(f"/vouchers/{voucher}/extension", ASKED, key="till-1")

    extension, extended = first.json["extension"], first.json["voucher"]
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert (extension["voucher_id"], extension["reason"]) == (voucher, "Was ill")
    assert extension["expires_at"] == extended["expires_at"] == api.get(f"/vouchers/{voucher}").json["expires_at"]
    assert extension["expires_at"].endswith("Z"), "whatever the offset in which it was asked for"
    assert extension["reward_ends_at"] is None
    assert Voucher.objects.get().expires == MONTH
    (told,) = api.get("/events?type=voucher.extended").json["items"]
    assert told["data"]["extension"] == extension


def test_it_is_told_that_the_reward_itself_ends_before(api: ApiClient, lume: Shop) -> None:
    last = end_of_day(START, 3).isoformat()
    voucher = voucher_of(api, lume.publish(**coffee(valid_until=last)).card())

    extension = api.post(f"/vouchers/{voucher}/extension", ASKED).json["extension"]

    assert extension["reward_ends_at"] == extension["expired_before"]
    assert extension["expires_at"] > extension["reward_ends_at"]


def test_a_program_is_told_which_ends_are_possible(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee(valid_days=7)).card())

    reply = api.post(f"/vouchers/{voucher}/extension", {**ASKED, "expires_at": START.isoformat()})

    refused(reply, "end_not_possible", 422)
    assert reply.json["facts"].keys() == {"after", "until"}
    endless = voucher_of(api, lume.publish(**coffee()).card())
    refused(api.post(f"/vouchers/{endless}/extension", ASKED), "voucher_never_expires")
    with stopped_at(MONTH + timedelta(days=30)):
        refused(api.post(f"/vouchers/{voucher}/extension", ASKED), "extended_too_late")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "Was ill"},
        {"expires_at": ASKED["expires_at"]},
        {**ASKED, "reason": " "},
        {**ASKED, "expires_at": "2026-12-31T00:00:00"},
        {**ASKED, "expires_at": "2026-12-31"},
        {**ASKED, "expires_at": None},
        {**ASKED, "expires_at": "0001-01-01T00:00:00+14:00"},
        {**ASKED, "expires_at": "9999-12-31T23:59:59-12:00"},
        {**ASKED, "days": 7},
    ],
)
def test_what_is_no_end_or_no_reason_is_refused(api: ApiClient, lume: Shop, body: dict[str, object]) -> None:
    voucher = voucher_of(api, lume.publish(**coffee(valid_days=7)).card())

    assert api.post(f"/vouchers/{voucher}/extension", body).status == 422
    assert not Event.objects.filter(type="voucher.extended").exists()


def test_only_a_key_that_gives_vouchers_extends_them(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_of(api, lume.publish(**coffee(valid_days=7)).card())
    others = ApiClient(lume.api_key(*(scope for scope in Scope if scope != Scope.VOUCHERS_WRITE)))

    assert others.post(f"/vouchers/{voucher}/extension", ASKED).status == 403
    assert ApiClient(lume.api_key(Scope.VOUCHERS_WRITE)).post(f"/vouchers/{voucher}/extension", ASKED).status == 201
