"""The card on the web."""

import io
import json
import re
from datetime import timedelta

import pytest
import resvg_py
import zxingcpp
from django.test import Client
from PIL import Image

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.receipt_scans import ScannedReceipt
from stampwell.counter.scanning import recognise, take_scan
from stampwell.merchants.models import Merchant
from tests.kept import made_once
from tests.moments import NOON, START
from tests.web.customer import AT_ONCE, NOBODY, card_with_reward, give_stamps, one_reward, path_of, voucher_path
from tests.world import HeldCard, Offer, Shop


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(name={"en": "Coffee card", "lv": "Kafijas karte"}, earning=AT_ONCE)


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()


def read_code(drawing: str) -> str:
    """What a camera reads off the drawing."""
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=600))))
    return str(zxingcpp.read_barcodes(picture.convert("L"))[0].text)


def code_on(page: str) -> str:
    found = re.search(r"data-code-picture[^>]*>(<svg.*?</svg>)", page, re.S)
    assert found
    return read_code(found[1])


def history_on(page: str) -> list[str]:
    return re.findall(r'<span class="what">(.*?)</span>', page)


def test_the_stamps_are_said_in_words(client: Client, card: HeldCard) -> None:
    give_stamps(card, 7)

    page = client.get(path_of(card)).text

    assert "7 of 10 stamps" in page
    assert "3 more stamps until the next reward: A free coffee" in page


def test_the_last_missing_stamp_is_said_in_the_singular(client: Client, card: HeldCard) -> None:
    give_stamps(card, 9)

    assert "1 more stamp until the next reward: A free coffee" in client.get(path_of(card)).text


def test_the_picture_has_as_many_stamps_as_the_words(client: Client, lume: Shop) -> None:
    few, many = lume.publish(earning=AT_ONCE).card(), lume.publish(earning=AT_ONCE).card()
    give_stamps(few, 1)
    give_stamps(many, 4)

    pictures = [re.search(r'<svg[^>]*class="stamp-strip".*?</svg>', client.get(path_of(it)).text) for it in (few, many)]

    assert all(pictures)
    assert pictures[0][0] != pictures[1][0]  # type: ignore[index]
    assert 'aria-hidden="true"' in pictures[0][0]  # type: ignore[index]


def test_the_money_towards_the_next_stamp_is_shown(client: Client, lume: Shop) -> None:
    offer = lume.publish(earning={"by": "amount", "amount_per_stamp": 2000, "cooldown_seconds": 0})
    card = offer.card()
    add_stamp(lume.merchant, card.id, Purchase(amount=3250), actor=lume.actor)

    page = client.get(path_of(card)).text

    assert "1 of 10 stamps" in page
    assert "€12.50 of €20.00 towards the next stamp" in page


def test_a_card_of_visits_says_nothing_about_money(client: Client, card: HeldCard) -> None:
    assert "towards the next stamp" not in client.get(path_of(card)).text


def test_a_reward_is_shown_when_it_is_ready(client: Client, card: HeldCard) -> None:
    assert "Reward ready" not in client.get(path_of(card)).text

    give_stamps(card, 10)

    page = client.get(path_of(card)).text
    assert page.count("Reward ready") == 2
    assert voucher_path(card, 0) in page
    assert voucher_path(card, 1) in page


@pytest.mark.moment(NOON)
def test_a_reward_that_waits_says_from_when(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        card = card_with_reward(lume.publish(**one_reward("self_redeem", active_after_seconds=86_400)))

        page = client.get(path_of(card)).text

    assert "Not ready yet" in page
    assert "You can use it from: tomorrow at 00:00" in page


def test_an_expired_reward_leaves_the_card_and_stays_in_the_history(client: Client, lume: Shop) -> None:
    with stopped_at(START):
        card = card_with_reward(lume.publish(**one_reward("self_redeem", valid_days=1)))
    with stopped_at(START + timedelta(days=2)):
        page = client.get(path_of(card)).text

    assert "Reward ready" not in page
    assert history_on(page)[0] == "Reward expired: A free coffee"


def test_the_history_tells_everything_newest_first(client: Client, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    day = iter(START + timedelta(hours=hours) for hours in range(8))
    with stopped_at(next(day)):
        wrong = give_stamps(card, 1)
    with stopped_at(next(day)):
        stamp_id = wrong.stamp.id
        undo_stamp(lume.merchant, stamp_id, reason="wrong card", actor=lume.actor)
    with stopped_at(next(day)):
        give_stamps(card, 2)
    with stopped_at(next(day)):
        done = hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)
    with stopped_at(next(day)):
        redemption_id = done.redemption.id
        give_back(lume.merchant, redemption_id, reason="by mistake", actor=lume.actor)
        page = client.get(f"{path_of(card)}/history").text

    assert history_on(page) == [
        "Reward restored: A free coffee",
        "Reward used: A free coffee",
        "Reward earned: A free coffee",
        "2 stamps",
        "A stamp was undone.",
        "1 stamp",
        "You got this card.",
    ]
    assert re.findall(r'<li class="(\w*)">', page) == ["reward", "undone", "reward", "", "", "undone", ""]


@pytest.mark.moment(NOON)
def test_the_history_is_in_the_shops_time_and_the_readers_language(client: Client, lume: Shop) -> None:
    with stopped_at(NOON):
        card = lume.publish(earning=AT_ONCE).card()
    with stopped_at(NOON + timedelta(hours=1)):
        page = client.get(path_of(card), headers={"Accept-Language": "en"}).text

    assert "today at 12:00" in page


def test_a_long_history_is_paged_without_gaps(client: Client, lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card()
    for minute in range(60):
        with stopped_at(now() + timedelta(minutes=minute)):
            give_stamps(card, 1)

    with stopped_at(now() + timedelta(days=1)):
        first = client.get(f"{path_of(card)}/history").text
        older = re.search(r'href="(\?after=[^"]+)"', first)
        assert older
        second = client.get(f"{path_of(card)}/history{older[1]}").text

    # 60 stamps, 12 rewards and the day the card was got.
    assert (len(history_on(first)), len(history_on(second))) == (50, 23)
    assert history_on(second)[-1] == "You got this card."
    assert 'href="?after=' not in second


@pytest.mark.parametrize("after", ["x", "1.2", "9999999999999999.1." + NOBODY, "-1.1." + NOBODY, "\0", "1" * 10_000])
def test_a_broken_place_in_the_history_is_no_fault(client: Client, card: HeldCard, after: str) -> None:
    assert client.get(f"{path_of(card)}/history", {"after": after}).status_code == 200


def test_the_code_on_the_page_stamps_the_card(client: Client, card: HeldCard) -> None:
    code = code_on(client.get(path_of(card)).text)

    scanned = take_scan(card.shop.merchant, recognise(card.shop.merchant, code), Purchase(), actor=card.shop.actor)

    assert not isinstance(scanned, ScannedReceipt)
    assert scanned.card.stamps == 1
    assert code.startswith(f"SW1:{card.row.short_number}:")


def test_after_a_scan_the_page_shows_the_next_code(client: Client, card: HeldCard) -> None:
    first = code_on(client.get(path_of(card)).text)
    take_scan(card.shop.merchant, recognise(card.shop.merchant, first), Purchase(), actor=card.shop.actor)

    second = code_on(client.get(path_of(card)).text)

    assert second != first
    assert recognise(card.shop.merchant, second).step == card.row.last_step + 1


def test_a_phone_that_cannot_sign_fetches_its_code(client: Client, card: HeldCard) -> None:
    answer = client.get(f"{path_of(card)}/code")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = recognise(card.shop.merchant, read_code(answer.text))
    assert found.card
    assert found.card.id == card.id


def test_the_state_changes_with_every_change_that_is_seen(client: Client, lume: Shop) -> None:
    with stopped_at(START):
        reward = one_reward("staff_scan", active_after_seconds=3600, valid_days=1)
        card = lume.publish(**reward).card()
        seen = [client.get(f"{path_of(card)}/state").json()["version"]]
        give_stamps(card, 1)
        seen.append(client.get(f"{path_of(card)}/state").json()["version"])
        give_stamps(card, 1)
        seen.append(client.get(f"{path_of(card)}/state").json()["version"])
    with stopped_at(START + timedelta(hours=2)):  # ready
        seen.append(client.get(f"{path_of(card)}/state").json()["version"])
    with stopped_at(START + timedelta(days=3)):  # expired
        seen.append(client.get(f"{path_of(card)}/state").json()["version"])

    assert len(set(seen)) == 5


def test_the_page_carries_the_state_that_it_shows(client: Client, card: HeldCard) -> None:
    give_stamps(card, 5)
    state = client.get(f"{path_of(card)}/state").json()

    page = client.get(path_of(card)).text

    assert f'data-version="{state["version"]}"' in page
    assert state["used_step"] == 0


def test_the_state_tells_which_code_was_accepted(client: Client, card: HeldCard) -> None:
    take_scan(
        card.shop.merchant,
        recognise(card.shop.merchant, code_on(client.get(path_of(card)).text)),
        Purchase(),
        actor=card.shop.actor,
    )

    assert client.get(f"{path_of(card)}/state").json()["used_step"] == card.row.last_step > 0


def test_an_unchanged_state_is_not_sent_again(client: Client, card: HeldCard) -> None:
    etag = client.get(f"{path_of(card)}/state").headers["ETag"]

    again = client.get(f"{path_of(card)}/state", headers={"If-None-Match": etag})
    give_stamps(card, 1)
    changed = client.get(f"{path_of(card)}/state", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


@pytest.mark.parametrize("part", ["", "/state", "/code", "/history", "/card.en.webmanifest", "/apple", "/google"])
def test_unknown_and_foreign_cards_look_alike(client: Client, card: HeldCard, rossi: Shop, part: str) -> None:
    token = path_of(card).rsplit("/", 1)[1]
    paths = [
        f"/c/{rossi.merchant.slug}/{token}{part}",
        f"/c/{rossi.merchant.slug}/{NOBODY}{part}",
        f"/c/{card.shop.merchant.slug}/{NOBODY}{part}",
        f"/c/nobody/{token}{part}",
        f"/c/{card.shop.merchant.slug}/{'x' * 10_000}{part}",
    ]

    answers = [client.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [404] * 5
    bodies = {_without_what_differs(answer.text, path) for answer, path in zip(answers, paths, strict=True)}
    assert len(bodies) == 1


def _without_what_differs(page: str, path: str) -> str:
    """The page without its own address and the masks of its form tokens."""
    page = page.replace(path, "PATH")
    return re.sub(r"(csrfmiddlewaretoken\" value=\"|csrf-token\" content=\"|X-CSRFToken\": \")\w+", r"\1", page)


def test_a_card_that_was_replaced_says_so_and_shows_no_code(client: Client, card: HeldCard) -> None:
    Card.objects.update(state="void")

    page = client.get(path_of(card)).text

    assert "This card was replaced by a newer one." in page
    assert "data-rotating-code" not in page


def test_the_card_is_kept_by_nobody_and_told_to_nobody(client: Client, card: HeldCard) -> None:
    headers = client.get(path_of(card)).headers

    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_card_can_be_put_on_the_home_screen(client: Client, card: HeldCard) -> None:
    found = re.search(r'<link rel="manifest" href="([^"]+)"', client.get(path_of(card)).text)
    assert found

    answer = client.get(found[1])

    manifest = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert manifest["start_url"] == path_of(card)
    assert manifest["name"] == "Café Lume – Coffee card"
    assert client.get(manifest["icons"][1]["src"]).headers["Content-Type"] == "image/png"


def test_the_home_screen_gets_the_card_in_the_language_of_the_page(client: Client, card: HeldCard) -> None:
    client.get(f"{path_of(card)}?lang=lv")
    found = re.search(r'<link rel="manifest" href="([^"]+)"', client.get(path_of(card)).text)
    assert found

    assert Client().get(found[1]).json()["name"] == "Café Lume – Kafijas karte"


def test_the_service_worker_may_look_after_every_card(client: Client) -> None:
    answer = client.get("/c/sw.js")

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert b"addEventListener" in answer.content


def test_the_shops_name_cannot_break_the_page(client: Client, lume: Shop) -> None:
    Merchant.objects.update(name="<script>alert(1)</script>")
    card = lume.publish(name='"><img src=x>', earning=AT_ONCE).card()

    page = client.get(path_of(card)).text

    assert "<script>alert" not in page
    assert "<img src=x>" not in page
