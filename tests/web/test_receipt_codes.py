"""A customer opens the code of a receipt: one tap puts it on the card, or gives a card with it."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.merchants.closing import close_shop
from stampwell.programs.pausing import end_program, pause_program
from stampwell.receipts.codes import LENGTH, group_signs
from stampwell.receipts.making import Wanted, code_of, code_url, codes_of, make_batch, make_receipt_code
from stampwell.receipts.models import ReceiptBatch, ReceiptClaim
from stampwell.receipts.revoking import revoke_batch
from stampwell.web.joining.receipt_codes import MOST_MISSES
from tests.kept import made_once
from tests.moments import START
from tests.web.test_joining import address, form_key, tap
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db

BAD_CODES = ("%00", "R", "R%F0%9F%98%80", "..", "R" * 5000, "RRRRRRRRRRRRRRRRRRRRRRRRRRR", "<script>", "%2F", " ")


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(
        name={"en": "Coffee card", "lv": "Kafijas karte"}, earning={"by": "visit", "cooldown_seconds": 0}
    )


def made(offer: Offer, receipt: str = "R-1", **wanted: object) -> str:
    asked = Wanted(program_id=offer.program.id, **wanted)  # type: ignore[arg-type]
    return code_of(make_receipt_code(offer.shop.merchant, asked, receipt, actor=offer.shop.actor).batch)


def page_of(offer: Offer, code: str) -> str:
    return f"{address(offer)}/receipt/{code}"


def get_card(client: Client, offer: Offer, code: str, **fields: str) -> str:
    fields.setdefault("key", form_key(client.get(page_of(offer, code)).text))
    answer = client.post(page_of(offer, code), {"card": "new", **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def type_number(client: Client, offer: Offer, code: str, number: str) -> str:
    key = form_key(client.get(page_of(offer, code)).text)
    return client.post(page_of(offer, code), {"card": "number", "number": number, "key": key}).text


def test_the_link_of_a_code_leads_to_what_it_is_worth(client: Client, offer: Offer) -> None:
    code = made(offer, count=2)
    path = code_url(offer.shop.merchant.slug, code).split("/", 3)[3]

    first = client.get(f"/{path}")
    page = client.get(first.headers["Location"]).text

    assert first.headers["Location"] == page_of(offer, code)
    assert client.get(f"/{path.lower()}").headers["Location"] == page_of(offer, code)
    assert "2 stamps" in page
    assert "Coffee card" in page
    assert ReceiptClaim.objects.count() == 0


def test_who_has_no_card_gets_one_with_the_stamps(client: Client, offer: Offer) -> None:
    where = get_card(client, offer, made(offer, count=2))

    page = client.get(where).text
    assert "2 of 10 stamps" in page
    assert "Your receipt was added to this card." in page
    assert "Your receipt was added" not in client.get(where).text
    assert client.get(address(offer)).headers["Location"] == where  # the join page knows the card as well


def test_who_has_a_card_in_this_browser_taps_once(client: Client, offer: Offer) -> None:
    where = tap(client, offer)
    code = made(offer)

    page = client.get(page_of(offer, code)).text
    answer = client.post(page_of(offer, code), {"card": "held"})

    assert "Add to my card" in page
    assert "Get the card" not in page
    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    assert Card.objects.get().stamps == 1


def test_a_code_goes_to_a_card_whose_number_is_typed(client: Client, offer: Offer) -> None:
    card, code = offer.card(), made(offer)

    page = type_number(client, offer, code, " ".join(card.row.short_number))

    assert "Your receipt was added to this card." in page
    assert f"{card.row.short_number[:4]} {card.row.short_number[4:]}" in page
    assert card.row.stamps == 1
    assert card.url.rsplit("/", 1)[1] not in page  # whoever types a number gets no link of it


def test_a_form_that_another_browser_sends_again_gives_no_second_card(offer: Offer) -> None:
    first, second = Client(), Client()
    code = made(offer)
    key = form_key(first.get(page_of(offer, code)).text)
    second.get(page_of(offer, code))

    assert get_card(first, offer, code, key=key)
    again = second.post(page_of(offer, code), {"card": "new", "key": key})

    assert again.status_code == 409
    assert Card.objects.count() == 1
    assert Card.objects.get().stamps == 1


def test_who_has_the_stamps_already_is_told_so_and_others_when_they_were_used(client: Client, offer: Offer) -> None:
    code = made(offer)
    where = get_card(client, offer, code)

    with stopped_at(START + timedelta(hours=1)):
        mine = client.get(page_of(offer, code))
        others = Client().get(page_of(offer, code))

    assert mine.status_code == 200
    assert "This receipt is already on your card." in mine.text
    assert where in mine.text
    assert others.status_code == 409
    assert "This receipt code was already used: today at 12:00" in others.text


@pytest.mark.parametrize("why", ["expired", "revoked", "paused", "over", "closed"])
def test_what_gives_nothing_says_why_before_anything_is_tapped(
    client: Client, offer: Offer, lume: Shop, why: str
) -> None:
    wanted = Wanted(program_id=offer.program.id)
    batch = make_batch(lume.merchant, wanted, size=1, actor=lume.actor)
    moment = START + timedelta(minutes=1)
    match why:
        case "expired":
            moment = batch.expires
        case "revoked":
            revoke_batch(lume.merchant, batch.id, actor=lume.actor)
        case "paused":
            pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
        case "over":
            end_program(lume.merchant, offer.program.id, last_day=None, archive=False, actor=lume.actor)
        case "closed":
            close_shop(lume.merchant.id)
    says = {
        "expired": "This receipt code was valid until: 23 Nov 2027",
        "revoked": "The shop has withdrawn this receipt code.",
        "paused": "You cannot collect stamps on this card at the moment.",
        "over": "You can no longer collect stamps on this card.",
        "closed": "This shop does not give stamps or rewards here at the moment.",
    }

    with stopped_at(moment):
        seen = client.get(page_of(offer, code_of(batch)))
        sent = client.post(page_of(offer, code_of(batch)), {"card": "new"})

    assert seen.status_code == sent.status_code == 409
    assert says[why] in seen.text
    assert says[why] in sent.text
    assert "<form" not in seen.text.split("<main")[1].split("</main")[0]
    assert Card.objects.count() == 0
    joins = f'href="/j/{lume.merchant.slug}/{offer.program.slug}"'
    assert (joins in sent.text) == (why in ("expired", "revoked")), "whoever came for a card still gets one"


def test_a_program_that_gives_no_cards_still_takes_codes_on_those_that_are_there(
    client: Client, offer: Offer, lume: Shop
) -> None:
    card, code = offer.card(), made(offer)
    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)

    page = client.get(page_of(offer, code)).text
    refused = client.post(page_of(offer, code), {"card": "new"})

    assert "Get the card" not in page
    assert refused.status_code == 409
    assert "added to this card" in type_number(client, offer, code, card.row.short_number)


def test_a_wrong_number_is_told_and_uses_nothing(client: Client, offer: Offer, lume: Shop, rossi: Shop) -> None:
    code, card = made(offer), offer.card()
    number = card.row.short_number
    slip = number[:-1] + str((int(number[-1]) + 1) % 10)
    theirs, other = rossi.publish().card(), lume.publish(name="Tea card").card()

    assert "A digit in this number is wrong or missing." in type_number(client, offer, code, slip)
    for stranger in (theirs, other):
        page = type_number(client, offer, code, stranger.row.short_number)
        assert "No card of this program has this number." in page
    assert ReceiptClaim.objects.count() == 0


def test_half_a_code_is_asked_for_whole_and_what_is_there_stands_in_the_field(client: Client, offer: Offer) -> None:
    code, slug = made(offer), offer.shop.merchant.slug

    torn = client.get(f"/R/{slug.upper()}/{code[:15]}")
    whole = client.post(f"/r/{slug}", {"code": group_signs(code).lower()})

    assert torn.status_code == 404
    assert "Part of this receipt code is missing." in torn.text
    assert f"It has {LENGTH} letters and digits." in torn.text
    assert f'value="{code[:15]}"' in torn.text
    assert whole.headers["Location"] == page_of(offer, code)


def test_a_slip_of_the_finger_is_told(client: Client, offer: Offer) -> None:
    code = made(offer)
    wrong = code[:9] + ("7" if code[9] != "7" else "8") + code[10:]

    answer = client.post(f"/r/{offer.shop.merchant.slug}", {"code": wrong})

    assert "A letter or digit in this receipt code is wrong." in answer.text


def test_a_code_of_another_shop_or_program_is_not_known(client: Client, offer: Offer, lume: Shop, rossi: Shop) -> None:
    theirs, tea = made(rossi.publish()), lume.publish(name="Tea card")

    assert client.get(page_of(offer, theirs)).status_code == 404
    assert client.get(f"/r/{lume.merchant.slug}/{theirs}").status_code == 404
    assert client.get(page_of(tea, made(offer))).status_code == 404


@pytest.mark.parametrize("code", BAD_CODES)
def test_whatever_stands_in_the_address_is_answered_calmly(client: Client, offer: Offer, code: str) -> None:
    slug = offer.shop.merchant.slug

    assert client.get(f"/r/{slug}/{code}").status_code in (302, 303, 404, 400)
    assert client.get(page_of(offer, code)).status_code in (302, 303, 404, 400)
    assert client.post(f"/r/{slug}", {"code": code}).status_code in (400, 404, 413)
    assert client.get("/r/no-such-shop/R").status_code == 404


def test_who_tries_many_codes_has_to_wait_and_a_real_one_still_opens(client: Client, offer: Offer) -> None:
    code = made(offer)
    forged = codes_of_nobody(offer, MOST_MISSES + 1)
    answers = [client.get(page_of(offer, one)).status_code for one in forged]

    assert answers == [404] * MOST_MISSES + [429]
    assert client.get(page_of(offer, code)).status_code == 200


def codes_of_nobody(offer: Offer, count: int) -> list[str]:
    """Well written, and signed by nobody whom the shop knows."""
    batch = make_batch(offer.shop.merchant, Wanted(program_id=offer.program.id), size=count, actor=offer.shop.actor)
    codes = list(codes_of(batch))
    ReceiptBatch.objects.filter(id=batch.id).delete()
    return codes


def test_the_pages_speak_the_customers_language(client: Client, offer: Offer) -> None:
    page = client.get(page_of(offer, made(offer, count=2)), headers={"Accept-Language": "lv"}).text

    assert '<html lang="lv"' in page
    assert "Kafijas karte" in page
    assert re.search(r"2\s+zīmogi", page)


def test_the_page_is_kept_by_nobody_and_found_by_no_search_engine(client: Client, offer: Offer) -> None:
    answer = client.get(page_of(offer, made(offer)))

    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.text


def test_an_amount_is_told_as_money(client: Client, lume: Shop) -> None:
    offer = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": "EUR"})
    card: HeldCard = offer.card()
    add_stamp(lume.merchant, card.id, Purchase(amount=100), actor=lume.actor)

    assert "Purchase of €12.50" in client.get(page_of(offer, made(offer, amount=1250))).text
