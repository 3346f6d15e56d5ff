"""A card before the scanner: stamped once, shown at once, undone within a minute."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from stampwell.cards.models import Stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.vouchers.links import voucher_code
from tests.cards.test_drawing import publish
from tests.cards.test_prizes_of_words import CAKE, THANKS
from tests.moments import START
from tests.web.customer import give_stamps
from tests.web.scanner.phone import Phone, panel_of
from tests.world import HeldCard, Offer, Shop


def test_a_scanned_card_gets_a_stamp_and_shows_what_comes_next(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(card.code)

    assert (panel.outcome, panel.tone) == ("stamped", "good")
    assert "1 of 10 stamps" in panel.words
    assert "4 more stamps to the next reward: A biscuit" in panel.words
    assert card.row.stamps == 1


def test_the_stamp_says_who_gave_it_where(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)

    stamp = Stamp.objects.get()
    assert stamp.source == "scanner"
    assert stamp.location_id == phone.shop.location.id
    assert stamp.staff_member_id is not None
    assert stamp.station_id is not None


def test_a_scan_sent_twice_stamps_once_and_gets_the_same_answer(phone: Phone, card: HeldCard) -> None:
    body = {"key": str(uuid4()), "code": card.code}

    first, second = phone.send_scan(body), phone.send_scan(body)

    assert first.content == second.content
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert card.row.stamps == 1


def test_a_scan_sent_again_is_answered_in_the_language_of_whoever_asks_then(phone: Phone, card: HeldCard) -> None:
    """Somebody else has gone on at the phone before the answer came."""
    stamped, refused = {"key": "1", "code": card.code}, {"key": "2", "code": card.code}
    for scan, english in ((stamped, "1 of 10 stamps"), (refused, "Stamped a moment ago")):
        assert english in panel_of(phone.send_scan(scan)).words

    latvian = [panel_of(phone.send_scan(scan, accept_language="lv")) for scan in (stamped, refused)]

    assert [panel.outcome for panel in latvian] == ["stamped", "refused"]
    assert "Skenējums ir ieskaitīts: pievienots 1 zīmogs." in latvian[0].words
    assert "Skenējums netiek ieskaitīts." in latvian[1].words
    assert card.row.stamps == 1
    assert Event.objects.filter(type="scan.refused").count() == 1
    assert "1 of 10 stamps" in panel_of(phone.send_scan(stamped)).words


def test_what_was_only_shown_is_shown_again_in_the_language_of_whoever_asks_then(phone: Phone, lume: Shop) -> None:
    by_amount = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": "EUR"}).card()
    holder = lume.publish().card()
    give_stamps(holder, 10)
    code = voucher_code(holder.open_vouchers[0].id, holder.open_vouchers[0].issue)
    scans = [{"key": "1", "code": by_amount.code}, {"key": "2", "code": code}]
    english = [panel_of(phone.send_scan(scan)) for scan in scans]

    latvian = [panel_of(phone.send_scan(scan, accept_language="lv")) for scan in scans]

    assert [panel.outcome for panel in latvian] == [panel.outcome for panel in english] == ["needs_amount", "offer"]
    assert all(one.words != other.words for one, other in zip(english, latvian, strict=True))
    assert re.findall('action="[^"]*"', latvian[1].html) == re.findall('action="[^"]*"', english[1].html)


def test_a_refusal_sent_twice_is_written_down_once(phone: Phone, card: HeldCard) -> None:
    body = {"key": str(uuid4()), "code": "CNOBODY"}

    assert phone.send_scan(body).content == phone.send_scan(body).content

    assert Event.objects.filter(type="scan.refused").count() == 1


def test_a_key_that_was_used_for_another_scan_is_refused(phone: Phone, offer: Offer) -> None:
    one, other = offer.card(), offer.card()
    phone.scan(one.code, key="k")

    panel = phone.scan(other.code, key="k")

    assert panel.outcome == "refused"
    assert other.row.stamps == 0


def test_the_fifth_stamp_offers_the_reward_that_it_earned(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(card.code, count=5)

    assert "5 of 10 stamps" in panel.words
    assert re.search("Earned just now A biscuit Valid until: [^:]* Hand out", panel.words)
    assert panel.url("/redemption") == f"/scanner/vouchers/{public_id('vch', card.open_vouchers[0].id)}/redemption"


def test_the_last_stamp_shows_the_full_card(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(card.code, count=10)

    assert "10 of 10 stamps" in panel.words
    assert "The round is complete" in panel.words
    assert panel.html.count('class="stamp filled') == 10
    assert (card.row.round, card.row.stamps) == (2, 0)


def test_what_overflows_is_shown_in_the_next_round(phone: Phone, card: HeldCard) -> None:
    change_staff_limits(
        phone.shop.merchant, most_stamps_at_once=12, most_stamps_with_override=5, actor=phone.shop.actor
    )

    panel = phone.scan(card.code, count=12)

    assert "2 of 10 stamps" in panel.words
    assert "A free coffee" in panel.words


def test_a_stamp_is_undone_within_a_minute(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        stamped = phone.scan(card.code, count=5)
    assert stamped.undo_until == int((START + timedelta(seconds=60)).timestamp() * 1000)

    with stopped_at(START + timedelta(seconds=60)):
        undone = phone.tap(stamped.url("/undo"))

    assert undone.outcome == "undone"
    assert "5 stamps were undone" in undone.words
    assert "0 of 10 stamps" in undone.words
    assert "This reward was withdrawn: A biscuit" in undone.words
    assert card.row.stamps == 0
    assert Stamp.objects.get(count=-5).reason == "Mistake at the counter"


def test_after_a_minute_a_stamp_stays(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        stamped = phone.scan(card.code)

    with stopped_at(START + timedelta(seconds=61)):
        refused = phone.tap(stamped.url("/undo"))

    assert refused.outcome == "refused"
    assert "A manager can undo it on the card’s page, with a reason." in refused.words
    assert card.row.stamps == 1


def test_undo_sent_twice_undoes_once(phone: Phone, card: HeldCard) -> None:
    stamped = phone.scan(card.code)
    url = stamped.url("/undo")

    first, second = phone.tap(url, key="u"), phone.tap(url, key="u")

    assert first == second
    assert Stamp.objects.count() == 2
    assert phone.tap(url).outcome == "refused"


def test_one_more_stamp_waits_for_five_seconds(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        stamped = phone.scan(card.code)
    assert f'data-from="{int((START + timedelta(seconds=5)).timestamp() * 1000)}" disabled' in stamped.html

    with stopped_at(START + timedelta(seconds=4)):
        assert "Scanned twice" in phone.tap(stamped.url("/stamps"), override="true", count="1").words
    with stopped_at(START + timedelta(seconds=5)):
        more = phone.tap(stamped.url("/stamps"), override="true", count="1")

    assert "2 of 10 stamps" in more.words
    assert Stamp.objects.filter(overrode=True).count() == 1


def test_several_more_stamps_are_one_step(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        stamped = phone.scan(card.code)
    with stopped_at(START + timedelta(seconds=6)):
        more = phone.tap(stamped.url("/stamps"), override="true", count="3")

    assert "4 of 10 stamps" in more.words
    assert Stamp.objects.count() == 2


def test_no_more_than_the_shop_allows_are_added_in_one_tap(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        stamped = phone.scan(card.code)
    assert 'data-most="5"' in stamped.html

    with stopped_at(START + timedelta(seconds=6)):
        refused = phone.tap(stamped.url("/stamps"), override="true", count="6")

    assert refused.outcome == "refused"
    assert "at most 5 stamps" in refused.words
    assert "A manager can add the rest" in refused.words
    assert card.row.stamps == 1


def test_where_one_more_is_the_most_several_are_not_offered(phone: Phone, card: HeldCard) -> None:
    change_staff_limits(phone.shop.merchant, most_stamps_at_once=1, most_stamps_with_override=1, actor=phone.shop.actor)

    stamped = phone.scan(card.code)

    assert "Several" not in stamped.words
    assert "One more stamp" in stamped.words


def test_a_card_that_cools_down_may_be_stamped_anyway(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        phone.scan(card.code)
    with stopped_at(START + timedelta(seconds=20)):
        refused = phone.scan(card.code)
        assert (refused.outcome, refused.tone) == ("refused", "attention")
        assert "Stamped a moment ago" in refused.words
        assert "wait 10 seconds" in refused.words
        assert card.row.stamps == 1

        anyway = phone.tap(refused.url("/stamps"), override="true")

    assert anyway.outcome == "stamped"
    assert card.row.stamps == 2
    assert Stamp.objects.filter(overrode=True).count() == 1


def test_a_refused_scan_is_written_down_for_the_owner(phone: Phone, card: HeldCard) -> None:
    with stopped_at(now()):
        phone.scan(card.code)
        phone.scan(card.code)

    event = Event.objects.get(type="scan.refused")
    assert event.data["reason"] == "cooldown"
    assert event.card_id == card.id


def test_the_customer_is_answered_in_their_own_language(phone: Phone, offer: Offer) -> None:
    card = offer.card(locale="lv")
    with stopped_at(now()):
        phone.scan(card.code)

        refused = phone.scan(card.code)

    assert '<blockquote lang="lv" dir="ltr">' in refused.html


def test_an_unknown_code_says_what_to_do(phone: Phone) -> None:
    panel = phone.scan("CNOBODYKNOWSTHIS")

    assert (panel.outcome, panel.tone) == ("refused", "bad")
    assert "Unknown code" in panel.words
    assert "scan again or type the number below the code" in panel.words


@pytest.mark.parametrize(
    ("code", "says", "do_now"),
    [
        ("https://lume.example/j/cafe-lume/coffee-card", "the code for new customers", "scan it with their own phone"),
        ("http://127.0.0.1:8000/j/cafe-lume/tea?x=1", "the code for new customers", "scan it with their own phone"),
        ("FREECOFFEE", "This code is for the till", "Enter it at the till"),
        (f"https://lume.example/scanner/enrol/cafe-lume/{'ab' * 16}", "connects another device", "Open it on the"),
        (f"https://lume.example/kiosk/enrol/cafe-lume/{'ab' * 16}", "connects another device", "Open it on the"),
        (f"https://lume.example/autopilot/enrol/cafe-lume/{'cd' * 16}", "connects another device", "Open it on the"),
    ],
)
def test_the_shops_other_codes_say_what_they_are(phone: Phone, offer: Offer, code: str, says: str, do_now: str) -> None:
    panel = phone.scan(code)

    assert panel.outcome == "refused"
    assert says in panel.words
    assert do_now in panel.words
    assert Event.objects.get(type="scan.refused").data["reason"] == "unknown_code"


@pytest.mark.parametrize("code", ["https://rossi.example/j/rossi/coffee-card", "FREETEA"])
def test_another_shops_codes_stay_unknown(phone: Phone, offer: Offer, rossi: Shop, code: str) -> None:
    reward = {
        "name": "Tea",
        "path": "redeem_code",
        "redeem_code": {"kind": "static", "code": "FREETEA", "format": "qr"},
    }
    rossi.publish(milestones=[{"stamps": 10, "reward": reward}])

    assert "Unknown code" in phone.scan(code).words


@pytest.mark.parametrize(
    ("cooldown", "wait"), [(60, "wait 60 seconds"), (900, "wait 15 minutes"), (14_400, "wait 4 hours")]
)
def test_a_long_wait_is_said_in_minutes_or_hours(phone: Phone, lume: Shop, cooldown: int, wait: str) -> None:
    card = lume.publish(earning={"cooldown_seconds": cooldown}).card()
    with stopped_at(START):
        phone.scan(card.code)
        panel = phone.scan(card.row.short_number)

    assert wait in panel.words


def test_the_button_for_several_says_how_the_card_will_stand(phone: Phone, card: HeldCard) -> None:
    assert "Add to make 3 of 10" in phone.scan(card.code).words


def test_several_that_fill_the_card_say_so(phone: Phone, card: HeldCard) -> None:
    assert "Add and fill the card" in phone.scan(card.code, count=8).words


def test_a_typed_number_stamps_and_a_mistyped_one_is_noticed(phone: Phone, card: HeldCard) -> None:
    number = card.row.short_number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    assert "There is a mistake in the number" in phone.scan(wrong).words
    assert card.row.stamps == 0
    assert phone.scan(number).outcome == "stamped"


def test_a_rivals_codes_and_ids_are_unknown_here(phone: Phone, card: HeldCard, rossi: Shop) -> None:
    theirs = rossi.publish().card()

    for code in (theirs.code, theirs.row.short_number, theirs.url):
        assert "Unknown code" in phone.scan(code).words
    foreign = phone.tap(f"/scanner/cards/{public_id('crd', theirs.id)}/stamps", count="1", override="true")
    unknown = phone.tap(f"/scanner/cards/crd_{'0' * 32}/stamps", count="1", override="true")
    nonsense = phone.tap("/scanner/cards/nonsense/stamps", count="1", override="true")
    assert foreign == unknown == nonsense
    assert "Not found" in foreign.words
    assert theirs.row.stamps == 0


def test_a_rivals_stamp_is_not_undone_here(phone: Phone, rossi: Shop) -> None:
    theirs = rossi.publish().card()
    their_phone = Phone(rossi).enrol()
    their_phone.sign_in(rossi.hire("Gino"))
    url = their_phone.scan(theirs.code).url("/undo")

    assert phone.tap(url) == phone.tap(f"/scanner/stamps/stp_{'0' * 32}/undo")

    assert theirs.row.stamps == 1


def test_the_panel_speaks_the_language_of_the_phone(phone: Phone, card: HeldCard) -> None:
    phone.client.cookies["django_language"] = "lv"

    panel = phone.scan(card.code, count=10)

    assert "Kafija bez maksas" in panel.html


def test_words_that_were_drawn_are_told_to_staff(phone: Phone) -> None:
    card = publish(phone.shop, THANKS, CAKE).card()

    assert "Drawn, nothing to hand out: Thank you!" in phone.scan(card.code).words


def test_words_that_came_by_the_age_are_told_to_staff(phone: Phone) -> None:
    card = publish(phone.shop, CAKE, THANKS, minimum_age=18).card()

    said = phone.scan(card.code).words

    assert "Nothing to hand out: Thank you!" in said
    assert "Drawn" not in said
