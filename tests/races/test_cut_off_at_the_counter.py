"""The database is lost with the last write of an act: nothing of it is there, and the form sent again acts once."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from stampwell.cards.links import paper_mark
from stampwell.cards.models import Card, HonouredPaper, Stamp
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.events.models import Event
from stampwell.ids import public_id
from tests.web.customer import path_of
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

type Act = Callable[[], int]
KEY = "a" * 32
_CUT = """
    CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
    CREATE TRIGGER cut_off BEFORE INSERT ON stored_answer FOR EACH ROW EXECUTE FUNCTION cut_off()
"""
_MEND = "DROP TRIGGER IF EXISTS cut_off ON stored_answer; DROP FUNCTION IF EXISTS cut_off()"


@pytest.fixture
def card() -> HeldCard:
    shop = open_lume()
    change_paper_rules(shop.merchant, most_stamps=8, most_a_day=20, actor=shop.actor)
    return shop.publish().card()


@pytest.fixture
def phone(card: HeldCard) -> Phone:
    phone = Phone(card.shop).enrol()
    phone.sign_in(card.shop.hire("Bo"))
    phone.client.raise_request_exception = False
    return phone


@pytest.fixture
def mended() -> Iterator[None]:
    yield
    run(_MEND)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def cut_off_then_again(act: Act) -> list[int]:
    """The statuses of a form whose answer cannot be kept, and of the same form twice more."""
    run(_CUT)
    first = act()
    connection.close()
    run(_MEND)
    return [first, act(), act()]


def test_a_new_card_is_there_once(phone: Phone, card: HeldCard, mended: None) -> None:
    program = public_id("prg", card.row.program_id)

    def act() -> int:
        return phone.post("/scanner/new-cards", program=program, name="", locale="lv", key=KEY).status_code

    assert cut_off_then_again(act) == [503, 302, 302]
    assert (Card.objects.count(), Event.objects.filter(type="card.issued").count()) == (2, 2)


def test_an_old_paper_card_is_taken_over_once(phone: Phone, card: HeldCard, mended: None) -> None:
    where = f"/scanner/cards/{public_id('crd', card.id)}/old-paper"

    assert cut_off_then_again(lambda: phone.post(where, count="4", reason="Green", key=KEY).status_code) == [
        503,
        302,
        302,
    ]
    assert (card.row.stamps, Stamp.objects.count(), HonouredPaper.objects.get().number) == (4, 1, 1)


def test_a_paper_card_is_put_into_a_phone_once(card: HeldCard, mended: None) -> None:
    theirs = Client(raise_request_exception=False)

    def act() -> int:
        return theirs.post(f"{path_of(card)}/phone?paper={paper_mark(card.id, 0)}", {"key": KEY}).status_code

    assert cut_off_then_again(act) == [503, 303, 303]
    assert (card.row.issue, Event.objects.filter(type="card.recovered").count()) == (1, 1)
