"""Staff take over the stamps of an old paper card at the scanner."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse

from stampwell.cards.models import Stamp
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.cards.undoing import SCANNER_UNDO
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from tests.kept import made_once
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    change_paper_rules(lume.merchant, most_stamps=8, most_a_day=20, actor=lume.actor)
    return lume.publish()


def path(card: HeldCard) -> str:
    return f"/scanner/cards/{public_id('crd', card.id)}/old-paper"


def take_over(phone: Phone, card: HeldCard, *, count: str = "4", key: str = "", **changes: str) -> HttpResponse:
    return phone.post(path(card), count=count, key=key or uuid4().hex, **{"reason": "A green one", **changes})


def said(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def taken(phone: Phone, card: HeldCard) -> str:
    """Where it is shown."""
    answer = take_over(phone, card)
    assert answer.status_code == 302, said(answer)
    return str(answer.headers["Location"])


def test_the_stamps_are_taken_over_and_the_card_is_shown(phone: Phone, card: HeldCard) -> None:
    page = said(phone.get(taken(phone, card)))

    assert "4 stamps were taken over" in page
    assert "4 of 10 stamps" in page
    stamp = Stamp.objects.get()
    assert (stamp.source, stamp.reason, stamp.station_id is not None) == ("paper", "A green one", True)
    assert Event.objects.get(type="stamp.added").source == "scanner"


def test_a_form_that_is_sent_twice_takes_one_old_card_over(phone: Phone, card: HeldCard) -> None:
    answers = [take_over(phone, card, key="k") for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert card.row.stamps == 4


def test_a_second_old_card_is_refused_in_words_for_both(phone: Phone, offer: Offer) -> None:
    card = offer.card(locale="uz")
    taken(phone, card)

    for answer in (take_over(phone, card), phone.get(path(card))):
        assert "This card already has the stamps of an old paper card: today at" in said(answer)
        assert "a manager can correct it" in said(answer)
        assert "Kartangizga eski qogʻoz kartaning muhrlari allaqachon oʻtkazilgan" in said(answer)
        assert 'name="count"' not in answer.content.decode()
    assert take_over(phone, card).status_code == 409
    assert card.row.stamps == 4


def test_too_many_are_refused_and_the_form_stays(phone: Phone, card: HeldCard) -> None:
    answer = take_over(phone, card, count="9", reason="Nine on it")

    assert answer.status_code == 422
    assert "At most 8 stamps can be taken over" in said(answer)
    assert 'value="Nine on it"' in answer.content.decode()
    assert card.row.stamps == 0


@pytest.mark.parametrize(
    "change",
    [
        *({"count": count} for count in ("", "0", "-1", "x", "1.5", "101", "9" * 5000, "\0")),
        *({"reason": reason} for reason in ("", "  ", "\0", "x" * 301)),
    ],
)
def test_what_cannot_be_is_asked_for_again(phone: Phone, card: HeldCard, change: dict[str, str]) -> None:
    assert take_over(phone, card, **change).status_code == 422
    assert not Stamp.objects.exists()


def test_it_is_undone_within_a_minute_and_the_right_number_taken_over(phone: Phone, card: HeldCard) -> None:
    where = taken(phone, card)

    undone = [phone.post(f"{where}/undo", key="u") for _tap in range(2)]

    assert [answer.headers["Location"] for answer in undone] == [where, where]
    assert "4 stamps were undone" in said(phone.get(where))
    assert card.row.stamps == 0
    assert take_over(phone, card, count="3").status_code == 302
    assert card.row.stamps == 3


def test_after_a_minute_a_manager_has_to_undo_it(phone: Phone, card: HeldCard) -> None:
    where = taken(phone, card)

    with stopped_at(now() + SCANNER_UNDO + timedelta(seconds=5)):
        late, page = phone.post(f"{where}/undo", key="u"), phone.get(where)

    assert late.status_code == 403
    assert "A manager can undo it" in said(late)
    assert "/undo" not in page.content.decode()
    assert card.row.stamps == 4


def test_it_is_offered_for_a_new_card_where_the_shop_wants_it(phone: Phone, card: HeldCard, lume: Shop) -> None:
    first = phone.scan(card.code)
    taken(phone, card)
    with stopped_at(now() + timedelta(hours=1)):
        again = phone.scan(card.code)
    change_paper_rules(lume.merchant, most_stamps=0, most_a_day=1, actor=lume.actor)
    with stopped_at(now() + timedelta(hours=2)):
        other = phone.scan(lume.publish(name="Tea card").card().code)

    assert [path(card) in panel.html for panel in (first, again)] == [True, False]
    assert "old-paper" not in other.html


def test_another_shop_and_another_device_see_nothing_of_it(phone: Phone, card: HeldCard, rossi: Shop) -> None:
    where = taken(phone, card)
    theirs, second = Phone(rossi).enrol(), Phone(card.shop).enrol()
    theirs.sign_in(rossi.hire("Luca"))
    second.sign_in(card.shop.hire("Eve"))

    for other in (theirs, second):
        assert other.get(where).status_code == 404
        assert other.post(f"{where}/undo", key="u").status_code == 404
    assert theirs.get(path(card)).status_code == 404
    assert take_over(theirs, card).status_code == 404
    assert card.row.stamps == 4


def test_a_stamp_that_is_none_of_an_old_card_is_not_shown_here(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)
    scanned = f"/scanner/old-paper/{public_id('stp', Stamp.objects.get().id)}"

    for where in (scanned, "/scanner/old-paper/stp_x", "/scanner/old-paper/stp_" + "0" * 32):
        assert phone.get(where).status_code == 404
        assert phone.post(f"{where}/undo", key="u").status_code == 404
    assert card.row.stamps == 1


def test_who_is_not_signed_in_takes_nothing_over(lume: Shop, card: HeldCard) -> None:
    assert Phone(lume).enrol().get(path(card)).status_code == 302
    assert take_over(Phone(lume).enrol(), card).status_code == 302
    assert take_over(Phone(lume), card).status_code == 403
    assert not Stamp.objects.exists()
