"""A voucher on the customer's phone, and the three ways of using it."""

import io
import re
from datetime import timedelta

import pytest
import resvg_py
import zxingcpp
from django.test import Client
from PIL import Image

from stampwell.cards.earning import Purchase
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.scanning import ScannedVoucher, recognise, take_scan
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.languages.formatting import format_start
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Location
from stampwell.redeem_codes.pools import PoolChoices, change_pool
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.waiting import hand_out_to_waiting
from tests.moments import NOON, RIGA, START, morning
from tests.redeem_codes.working import lay_in, pool_of
from tests.vouchers.test_till_codes import offer_from
from tests.web.customer import NOBODY, card_with_reward, give_stamps, one_reward, path_of, voucher_path
from tests.world import HeldCard, Shop


def card_for(shop: Shop, path: str, **changes: object) -> HeldCard:
    return card_with_reward(shop.publish(**one_reward(path, **changes)))


def read_picture(page: str) -> str:
    """What a scanner reads off the code on the page."""
    found = re.search(r'<div class="picture"[^>]*>(<svg.*?</svg>)', page, re.S)
    assert found
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=found[1], width=900))))
    return str(zxingcpp.read_barcodes(picture.convert("L"))[0].text)


# --- Self-redeem -----------------------------------------------------------------------------


def test_nothing_is_used_by_looking(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem"))

    assert "Use now" in client.get(where).text
    assert "Only at the counter" in client.get(f"{where}/use").text
    assert Redemption.objects.count() == 0


def test_one_that_ends_soon_says_so(client: Client, lume: Shop) -> None:
    card = card_for(lume, "self_redeem", valid_days=7, remind_days_before=3)
    fourth = morning(local_day(lume.merchant, START) + timedelta(days=4))

    with stopped_at(fourth - timedelta.resolution):
        assert "It ends soon." not in client.get(path_of(card)).text
    with stopped_at(fourth):
        for path in (path_of(card), voucher_path(card)):
            assert "It ends soon. Use it by:" in client.get(path).text


def test_a_phone_is_asked_where_it_is_only_as_the_reward_is_used(client: Client, lume: Shop) -> None:
    Location.objects.filter(merchant=lume.merchant).update(latitude=56.94965, longitude=24.10519)
    card = card_for(lume, "self_redeem", place_check=True)
    where, privacy, voucher = voucher_path(card), f"/p/{lume.merchant.slug}", card.open_vouchers[0]
    asked, shown = client.get(f"{where}/use"), client.get(where)

    far = client.post(f"{where}/use", {"lat": "57.15", "lon": "24.85", "accuracy": "20"})
    silent = client.post(f"{where}/use")
    near = client.post(f"{where}/use", {"lat": "56.9497", "lon": "24.1052", "accuracy": "20"})

    assert ("geolocation=(self)" in asked["Permissions-Policy"], "data-where" in asked.text) == (True, True)
    assert "geolocation=()" in shown["Permissions-Policy"]
    assert (far.status_code, "Your phone says that you are not near the shop." in far.text) == (403, True)
    assert (silent.status_code, "Your phone did not say where it is" in silent.text) == (403, True)
    assert read_picture(silent.text) == voucher_code(voucher.id, voucher.issue)
    assert (near.status_code, Redemption.objects.count()) == (303, 1)
    for page in (privacy, f"{path_of(card)}/my-data"):
        assert "Kept is that you were near the shop, never where you were." in client.get(page).text


def test_where_no_location_has_a_position_no_phone_is_asked(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem", place_check=True))
    asked = client.get(f"{where}/use")

    assert ("geolocation=()" in asked["Permissions-Policy"], "data-where" in asked.text) == (True, False)
    assert client.post(f"{where}/use").status_code == 303


@pytest.mark.moment(NOON)
def test_the_live_screen_follows_the_confirmation(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        where = voucher_path(card_for(lume, "self_redeem"))

        answer = client.post(f"{where}/use")
        page = client.get(where).text

    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert "data-live" in page
    assert f'data-until="{round((NOON + timedelta(minutes=5)).timestamp() * 1000)}"' in page
    assert 'data-offset-minutes="120"' in page
    assert "23 Nov 2026, 12:00:00" in page
    redemption = Redemption.objects.get()
    assert (redemption.path, redemption.source, redemption.at) == ("self_redeem", "card", NOON)


def test_a_reload_within_the_countdown_shows_the_live_screen_again(client: Client, lume: Shop) -> None:
    with stopped_at(START):
        where = voucher_path(card_for(lume, "self_redeem"))
        client.post(f"{where}/use")
    with stopped_at(START + timedelta(minutes=4, seconds=59)):
        assert "data-live" in client.get(where).text


def test_a_second_tap_shows_the_state_and_uses_nothing(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem"))
    client.post(f"{where}/use")

    again = client.post(f"{where}/use")

    assert (again.status_code, again.headers["Location"]) == (303, where)
    assert Redemption.objects.count() == 1


@pytest.mark.moment(NOON)
def test_later_the_voucher_says_when_it_was_used(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        where = voucher_path(card_for(lume, "self_redeem"))
        client.post(f"{where}/use")
    with stopped_at(NOON + timedelta(minutes=5)):
        page = client.get(where).text

    assert "data-live" not in page
    assert "Used: today at 12:00" in page


def test_a_use_at_the_scanner_shows_no_live_screen(client: Client, lume: Shop) -> None:
    card = card_for(lume, "self_redeem")
    where = voucher_path(card)
    hand_over(lume.merchant, card.open_vouchers[0].id, path="staff_scan", actor=Actor(source="scanner"))

    assert "data-live" not in client.get(where).text


@pytest.mark.moment(NOON)
def test_staff_may_check_the_live_screen(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        card = card_for(lume, "self_redeem")
        where, voucher = voucher_path(card), card.open_vouchers[0]
        before = client.get(f"{where}/check").text
        client.post(f"{where}/use")
    with stopped_at(NOON + timedelta(seconds=70)):
        page = client.get(f"{where}/check").text

    assert "Checked: this voucher has not been used." in before
    assert "Checked: this voucher was used." in page
    assert "23 Nov 2026, 12:00:00" in page
    assert "23 Nov 2026, 12:01:10" in page
    assert voucher.id.hex[-6:].upper() in page


def test_a_reward_that_staff_have_handed_out_is_shown_by_no_other_phone(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem"))
    client.post(f"{where}/use")
    before, version = client.get(f"{where}/check").text, client.get(f"{where}/state").json()

    answer = client.post(f"{where}/check")
    client.post(f"{where}/check")
    after = client.get(f"{where}/check").text

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{where}/check")
    assert f'<form method="post" action="{where}/check">' in before
    assert "<form method" not in after[after.index('id="check"') :]
    assert "This reward was already handed out." in after
    assert "data-live" not in client.get(where).text
    assert client.get(f"{where}/state").json() != version
    assert Event.objects.filter(type="voucher.checked").count() == 1


def test_the_live_screen_has_the_code_that_staff_scan(client: Client, lume: Shop) -> None:
    card = card_for(lume, "self_redeem")
    where, voucher = voucher_path(card), card.open_vouchers[0]
    client.post(f"{where}/use")

    assert read_picture(client.get(where).text) == voucher_code(voucher.id, 0)


def test_a_voucher_given_back_can_be_used_again(client: Client, lume: Shop) -> None:
    card = card_for(lume, "self_redeem")
    where = voucher_path(card)
    done = hand_over(lume.merchant, card.open_vouchers[0].id, path="self_redeem", actor=Actor(source="card"))
    redemption_id = done.redemption.id
    give_back(lume.merchant, redemption_id, reason="by mistake", actor=lume.actor)

    assert "Use now" in client.get(where).text
    assert client.post(f"{where}/use").status_code == 303
    assert Redemption.objects.count() == 2


@pytest.mark.parametrize("path", ["staff_scan", "redeem_code"])
def test_a_phone_cannot_use_alone_what_the_shop_hands_out_otherwise(client: Client, lume: Shop, path: str) -> None:
    where = voucher_path(card_for(lume, path))

    answer = client.post(f"{where}/use")

    assert answer.status_code == 409
    assert "show it to the staff" in answer.text
    assert Redemption.objects.count() == 0


# --- Redeem code -----------------------------------------------------------------------------


def test_the_code_is_not_on_the_page_before_it_is_revealed(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "redeem_code"))

    assert "Show the code at the till" in client.get(where).text
    for page in (client.get(where).text, client.get(f"{where}/code").text, client.get(f"{where}/check").text):
        assert "FREECOFFEE" not in page
    assert not Event.objects.filter(type="voucher.revealed").exists()


@pytest.mark.parametrize(
    ("code_format", "code"),
    [("qr", "FREECOFFEE"), ("code128", "WASH-4711"), ("ean13", "4006381333931"), ("datamatrix", "GIFT100")],
)
def test_the_revealed_code_can_be_read_by_a_till(client: Client, lume: Shop, code_format: str, code: str) -> None:
    redeem_code = {"kind": "static", "code": code, "format": code_format}
    where = voucher_path(card_for(lume, "redeem_code", redeem_code=redeem_code))

    answer = client.post(f"{where}/code")
    page = client.get(where).text

    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert read_picture(page) == code
    assert f'<bdi dir="ltr" translate="no">{code}</bdi>' in page


def test_a_code_that_is_text_is_shown_as_text(client: Client, lume: Shop) -> None:
    redeem_code = {"kind": "static", "code": "FREECOFFEE", "format": "text"}
    where = voucher_path(card_for(lume, "redeem_code", redeem_code=redeem_code))

    client.post(f"{where}/code")

    page = client.get(where).text
    assert '<p class="text huge"><bdi dir="ltr" translate="no">FREECOFFEE</bdi></p>' in page
    assert '<div class="picture"' not in page


@pytest.mark.moment(NOON)
def test_revealing_is_recorded_and_counts_down(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        where = voucher_path(card_for(lume, "redeem_code"))
        client.post(f"{where}/code")
        client.post(f"{where}/code")
    with stopped_at(NOON + timedelta(minutes=2)):
        page = client.get(where).text

    assert Event.objects.filter(type="voucher.revealed").count() == 1
    assert f'data-until="{round((NOON + timedelta(minutes=3)).timestamp() * 1000)}"' in page
    assert "12:03" in page


def test_who_confirms_reads_for_how_long_the_code_is_shown(client: Client, lume: Shop) -> None:
    code = {"kind": "static", "code": "FREECOFFEE"}
    pages = [
        client.get(f"{voucher_path(card_for(lume, 'redeem_code', redeem_code=code | told))}/code").text
        for told in ({}, {"countdown_minutes": 1})
    ]

    assert "The code is shown only once, for 3 minutes." in pages[0]
    assert "The code is shown only once, for 1 minute." in pages[1]


@pytest.mark.moment(NOON)
def test_after_the_countdown_the_code_is_gone_and_the_voucher_used(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        where = voucher_path(card_for(lume, "redeem_code"))
        client.post(f"{where}/code")
    with stopped_at(NOON + timedelta(minutes=3)):
        page = client.get(where).text
        again = client.post(f"{where}/code")

    assert "FREECOFFEE" not in page
    assert "Used: today at 12:03" in page
    assert again.headers["Location"] == where


def test_the_card_lets_the_customer_back_to_the_code(client: Client, lume: Shop) -> None:
    card = card_for(lume, "redeem_code")
    where = voucher_path(card)
    client.post(f"{where}/code")

    page = client.get(path_of(card)).text

    assert "Being used now" in page
    assert f'href="{where}"' in page
    assert "FREECOFFEE" not in page


# --- Staff scan ------------------------------------------------------------------------------


def test_the_vouchers_own_code_is_offered_to_the_scanner(client: Client, lume: Shop) -> None:
    card = card_for(lume, "staff_scan")

    page = client.get(voucher_path(card)).text

    scanned = take_scan(lume.merchant, recognise(lume.merchant, read_picture(page)), Purchase(), actor=lume.actor)
    assert isinstance(scanned, ScannedVoucher)
    assert scanned.voucher.id == card.open_vouchers[0].id
    assert f"{card.row.short_number[:4]} {card.row.short_number[4:]}" in page


def test_what_stands_below_the_code_can_be_typed(client: Client, lume: Shop) -> None:
    """The number of the card, which says what is ready; nobody types 33 letters."""
    card = card_for(lume, "staff_scan")
    page = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", client.get(voucher_path(card)).text, flags=re.DOTALL)

    assert voucher_code(card.open_vouchers[0].id, 0)[:11] not in page
    assert not re.search(r"\b[A-Z]{11,}\b", page)
    found = recognise(lume.merchant, f"{card.row.short_number[:4]} {card.row.short_number[4:]}")
    assert found.card is not None
    assert found.card.id == card.id


def test_the_open_page_learns_that_staff_scanned_it(client: Client, lume: Shop) -> None:
    card = card_for(lume, "staff_scan")
    where = voucher_path(card)
    before = client.get(f"{where}/state")
    assert f'data-version="{before.json()["version"]}"' in client.get(where).text

    hand_over(lume.merchant, card.open_vouchers[0].id, actor=Actor(source="scanner", location_id=lume.location.id))

    after = client.get(f"{where}/state", headers={"If-None-Match": before.headers["ETag"]})
    assert after.json()["version"] != before.json()["version"]
    assert "Where: Café Lume" in client.get(where).text


# --- Every state, every no -------------------------------------------------------------------


@pytest.mark.moment(NOON)
def test_a_pending_voucher_says_from_when(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        where = voucher_path(card_for(lume, "self_redeem", active_after_seconds=3600))
        page = client.get(where).text
        refused = client.post(f"{where}/use")

    assert "You can use it from: today at 13:00" in page
    assert "Use now" not in page
    assert refused.status_code == 409
    assert "You can use this voucher from today at 13:00" in refused.text
    assert "Keep the voucher and come back then." in refused.text


def test_one_for_the_next_visit_says_so_and_that_a_stamp_makes_it_ready(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem", from_next_visit=True))
    page = client.get(where).text
    refused = client.post(f"{where}/use")

    assert "You can use it from your next visit on a later day." in page
    assert "Your next stamp on a later day makes it ready." in page
    assert "it will be ready on its own" not in page
    assert refused.status_code == 409
    assert "You can use this voucher from your next visit on a later day." in refused.text


def test_one_for_a_visit_after_a_first_day_says_that_day_too(client: Client, lume: Shop) -> None:
    begins = start_of_day(lume.merchant, local_day(lume.merchant, START) + timedelta(days=9))
    page = client.get(
        voucher_path(card_for(lume, "staff_scan", from_next_visit=True, active_from=begins.isoformat()))
    ).text

    assert f"You can use it from: {format_start(begins, RIGA)}" in page
    assert "You can use it from your next visit on a later day." in page


@pytest.mark.moment(NOON)
def test_an_expired_voucher_says_until_when_it_was_valid(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        where = voucher_path(card_for(lume, "self_redeem", valid_days=1))
    with stopped_at(NOON + timedelta(days=1, hours=12)):
        page = client.get(where).text
        refused = client.post(f"{where}/use")

    assert "It was valid until: 24 Nov 2026<" in page
    assert refused.status_code == 409
    assert Redemption.objects.count() == 0


def test_a_withdrawn_voucher_says_why(client: Client, lume: Shop) -> None:
    card = lume.publish(**one_reward("self_redeem")).card()
    stamped = give_stamps(card, 2)
    where = voucher_path(card)
    stamp_id = stamped.stamp.id
    undo_stamp(lume.merchant, stamp_id, reason="wrong card", actor=lume.actor)

    page = client.get(where).text

    assert "Withdrawn" in page
    assert "The stamp that earned it was undone." in page


def test_a_voucher_held_by_a_checkout_says_so(client: Client, lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem"))
    Voucher.objects.update(state="reserved", reserved_until=START + timedelta(minutes=1))

    assert "It is being used at a till right now." in client.get(where).text


def test_outside_its_hours_a_voucher_cannot_be_used_and_says_when_it_can(client: Client, lume: Shop) -> None:
    with stopped_at(START):
        where = voucher_path(card_for(lume, "self_redeem", weekdays=[2, 3, 4], hours=[["08:00", "11:00"]]))
        page = client.get(where).text
        refused = client.post(f"{where}/use")

    assert "Days: Tue–Thu" in page
    assert "Hours: 08:00–11:00" in page
    assert f'href="{where}/use"' not in page
    assert refused.status_code == 409
    assert Redemption.objects.count() == 0


def test_before_it_is_ready_a_voucher_says_who_will_confirm_its_use(client: Client, lume: Shop) -> None:
    page = client.get(voucher_path(card_for(lume, "staff_scan", active_after_seconds=3600))).text

    assert "The staff scan it when you use it." in page


@pytest.mark.parametrize("part", ["", "/state", "/use", "/code", "/check"])
def test_unknown_and_foreign_vouchers_look_alike(client: Client, lume: Shop, rossi: Shop, part: str) -> None:
    token = voucher_path(card_for(lume, "self_redeem")).rsplit("/", 1)[1]
    paths = [
        f"/v/{rossi.merchant.slug}/{token}{part}",
        f"/v/{lume.merchant.slug}/{NOBODY}{part}",
        f"/v/nobody/{token}{part}",
        f"/v/{lume.merchant.slug}/{'x' * 10_000}{part}",
    ]

    answers = [client.get(path) for path in paths]
    posted = [client.post(path) for path in paths] if part in ("/use", "/code") else []

    assert {answer.status_code for answer in [*answers, *posted]} == {404}
    bodies = {_without_what_differs(answer.text, path) for answer, path in zip(answers, paths, strict=True)}
    assert len(bodies) == 1
    assert Redemption.objects.count() == 0


def _without_what_differs(page: str, path: str) -> str:
    """The page without its own address and the masks of its form tokens."""
    page = page.replace(path, "PATH")
    return re.sub(r"(csrfmiddlewaretoken\" value=\"|csrf-token\" content=\"|X-CSRFToken\": \")\w+", r"\1", page)


def test_a_cards_link_opens_no_voucher_and_a_vouchers_no_card(client: Client, lume: Shop) -> None:
    card = card_for(lume, "self_redeem")
    swapped = [voucher_path(card).replace("/v/", "/c/"), path_of(card).replace("/c/", "/v/")]

    assert [client.get(path).status_code for path in swapped] == [404, 404]


def test_a_forged_form_uses_nothing(lume: Shop) -> None:
    where = voucher_path(card_for(lume, "self_redeem"))

    assert Client(enforce_csrf_checks=True).post(f"{where}/use").status_code == 403
    assert Redemption.objects.count() == 0


# --- Held by a till --------------------------------------------------------------------------


@pytest.mark.moment(NOON)
@pytest.mark.parametrize("path", ["self_redeem", "redeem_code", "staff_scan"])
def test_a_voucher_that_a_till_holds_says_so_and_offers_nothing(client: Client, lume: Shop, path: str) -> None:
    card = card_for(lume, path)
    where = voucher_path(card)
    with stopped_at(NOON):
        reserve_voucher(lume.merchant, card.open_vouchers[0].id, seconds=60, actor=Actor(source="api"))
        page, list_of_all = client.get(where).text, client.get(path_of(card)).text
    with stopped_at(NOON + timedelta(minutes=1)):
        after = client.get(where).text

    assert "It is being used at a till right now." in page
    assert "FREECOFFEE" not in page
    assert f'action="{where}' not in page
    assert "Open the voucher" in list_of_all
    assert "Show the code again" not in list_of_all
    assert "It is being used at a till right now." not in after


# --- What it takes off -----------------------------------------------------------------------


@pytest.mark.moment(NOON)
def test_a_voucher_says_what_it_takes_off(client: Client, lume: Shop) -> None:
    tea = {"name": "Tea", "discount": {"kind": "free_item", "categories": ["Teas"]}}
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": tea}]).card()
    give_stamps(card, 1)

    with stopped_at(NOON):
        page, of_card = client.get(voucher_path(card)).text, client.get(path_of(card)).text

    assert "One of these is free: Teas." in page
    assert "One of these is free: Teas." in of_card


def test_a_voucher_that_waits_for_its_code_says_so_until_it_comes(client: Client, lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    card = card_with_reward(offer)
    where, card_path = voucher_path(card), path_of(card)
    assert "Show the code at the till" in client.get(where).text
    versions = [client.get(f"{path}/state").text for path in (where, card_path)]

    refused = client.post(f"{where}/code")

    assert "There is no code for your reward at the moment." in refused.text
    waiting = [client.get(where).text, client.get(card_path).text]
    assert all("Your code comes as soon as there is a new one." in page for page in waiting)
    assert "There is no code for your reward at the moment." in waiting[0]
    assert "Show the code at the till" not in waiting[0]
    assert "You can use it whenever you like." not in waiting[0]
    assert client.get(f"{where}/code").headers["Location"] == where
    assert all(client.get(f"{path}/state").text not in versions for path in (where, card_path))

    change_pool(lume.merchant, pool.id, PoolChoices(name="Coffee codes", fallback_code="PLANB"), actor=lume.actor)
    assert "Show the code at the till" in client.get(where).text
    assert "Your code comes as soon as there is a new one." not in client.get(where).text + client.get(card_path).text
    change_pool(lume.merchant, pool.id, PoolChoices(name="Coffee codes"), actor=lume.actor)
    assert "Your code comes as soon as there is a new one." in client.get(where).text

    lay_in(lume, pool)
    hand_out_to_waiting(lume.merchant.id)

    assert [client.get(f"{path}/state").text for path in (where, card_path)] == versions
    assert "Show the code at the till" in client.get(where).text
    assert "Your code comes as soon as there is a new one." not in client.get(card_path).text


# --- A code that the till asks us about ------------------------------------------------------


@pytest.mark.parametrize(("code_format", "barcodes"), [("qr", 1), ("code39", 1), ("text", 0)])
def test_a_code_that_the_till_asks_about_is_shown_as_long_as_it_can_be_used(
    client: Client, lume: Shop, code_format: str, barcodes: int
) -> None:
    card = card_for(lume, "redeem_code", redeem_code={"kind": "api", "format": code_format})
    where, code = voucher_path(card), Voucher.objects.get(card_id=card.id).api_code or ""

    page = client.get(where).text
    asked, tapped = client.get(f"{where}/code"), client.post(f"{where}/code")
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)

    assert "show this code or read it out" in page
    assert f"{code[:4]} {code[4:8]} {code[8:]}" in page
    assert page.count('<div class="picture"') == barcodes
    assert not barcodes or read_picture(page) == code
    assert (asked.status_code, asked.headers["Location"]) == (303, where)
    assert tapped.status_code == 409
    assert code[:4] not in client.get(where).text
