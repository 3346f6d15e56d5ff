"""Each list of the desk asks the database as often for a dozen rows of everything as for three."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.clock import new_id, now, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.customers.noting import add_note
from stampwell.customers.tagging import tag_customer
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.hiring import invite_person
from stampwell.merchants.models import Location, Membership, StaffMember, User
from stampwell.programs.pricing import Prices, price_program
from stampwell.receipts.making import Wanted, make_batch
from stampwell.vouchers.refusals import VoucherExpired
from tests.exports.working import made
from tests.following import follow_everything
from tests.imports.working import PEOPLE, receive
from tests.offline.waiting import waiting_scan
from tests.reconciling.working import ask, hand_in, line_of, report_of, work
from tests.redeem_codes.working import pool_of, stock
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_cards import stamp
from tests.web.signing_in import sign_in
from tests.world import HeldCard, Shop

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.moment(NOON)
FEW, MANY = 3, 12
BY_VISIT = {"by": "visit", "cooldown_seconds": 0}


def fill(shop: Shop, first: int, last: int) -> HeldCard:
    """Rows of everything with these numbers; the card is one that all have added to."""
    shared = None
    for number in range(first, last):
        with stopped_at(NOON + timedelta(seconds=number)):
            card = _add_people_and_places(shop, number)
            shared = shared or card
    follow_everything()
    assert shared is not None
    return shared


def _add_people_and_places(shop: Shop, number: int) -> HeldCard:
    offer = shop.publish(name=f"Card {number}", earning=BY_VISIT)
    price_program(shop.merchant, offer.program.id, Prices(reward_cost=100, currency="EUR"), actor=shop.actor)
    person, (station, _secret) = shop.hire(f"Bo {number}"), shop.scanner(f"Phone {number}")
    place = Location.objects.create(merchant=shop.merchant, id=new_id(), name=f"Place {number}", time_zone="UTC")
    hand = Actor(source="scanner", location_id=place.id, station_id=station.id, staff_member_id=person.id)
    card = offer.card(name=f"Anna {number}", email=f"a{number}@x.example", birthday=date(1990, 11, 1 + number % 28))
    stamp(card, 10)
    hand_over(shop.merchant, card.open_vouchers[0].id, actor=hand)
    note_refusal(shop.merchant, Recognised(), VoucherExpired(), actor=hand)
    tag_customer(shop.merchant, card.row.customer_id, f"Tag {number}, regular")
    waiting_scan(shop, card)
    make_batch(shop.merchant, Wanted(program_id=offer.program.id), size=1, actor=shop.actor)
    _add_desk_work(shop, number)
    return card


def _add_desk_work(shop: Shop, number: int) -> None:
    issue_api_key(shop.merchant, name=f"Till {number}", scopes=["cards:read"])
    invite_person(shop.merchant, email=f"i{number}@x.example", name="Ivo", role="manager", locale="en", by=shop.ada)
    made(shop, "days")
    stock(shop, pool_of(shop), [f"CODE{number}"])
    hand_in(shop, report_of(line_of(f"CODE{number}", now())))
    receive(shop, f"{PEOPLE}Cy {number};cy{number}@x.example;;;;2;\n")


def questions(desk: DeskClient, paths: list[str]) -> dict[str, int]:
    """How many each page asks once what never changes, such as published terms, is in memory."""
    asked = {}
    for path in paths:
        assert desk.open(path).status_code == 200, path
        with CaptureQueriesContext(connection) as found:
            desk.open(path)
        asked[path] = len(found)
    return asked


def test_no_list_asks_more_of_a_full_shop(
    lume: Shop, desk: DeskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    card = fill(lume, 0, FEW)
    customer = card.row.customer_id
    add_note(lume.merchant, customer, "Likes tea", staff_member_id=lume.ada.id)
    pool = pool_of(lume)
    stock(lume, pool, ["A1"])
    program, id = public_id("prg", card.row.program_id), public_id("crd", card.id)
    paths = [
        *("/", "/?period=day", "/?period=year", "/shops/"),
        *("/cards/", "/cards/?show=ready", "/cards/?show=birthday", "/cards/?show=wants", "/cards/?q=anna"),
        *(f"/cards/{id}/", f"/customers/{public_id('cus', customer)}/"),
        *("/cards/?show=later", "/cards/?sort=seen", "/journal/?kind=refused&reason=cooldown"),
        *("/journal/", "/journal/?kind=stamps&hour=9", "/journal/?q=anna"),
        *("/figures/", "/figures/?period=year", f"/figures/?program={program}", "/figures/redeem-codes/"),
        *("/programs/", f"/programs/{program}/"),
        *("/team/", "/team/oddities/", "/settings/", "/settings/keys/", "/settings/changes/"),
        *("/exports/", "/exports/new/", "/imports/", "/reconciliations/", "/accounts/sign-ins/"),
        *("/scans/", "/receipt-codes/", "/redeem-codes/", f"/redeem-codes/{public_id('cdp', pool.id)}/"),
    ]
    few = questions(desk, paths)

    fill(lume, FEW, MANY)
    stock(lume, pool, ["B1"])
    stock(lume, pool, ["C1"])
    for number in range(MANY - FEW):
        stamp(card, 1)
        add_note(lume.merchant, customer, f"Note {number}", staff_member_id=lume.ada.id)
        sign_in(DeskClient(lume.owner).client, lume.owner)
    follow_everything()
    many = questions(desk, paths)

    assert {path: (few[path], count) for path, count in many.items() if count > few[path]} == {}


def test_a_comparison_asks_no_more_for_a_long_report(
    lume: Shop, desk: DeskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    codes = [f"CODE{number}" for number in range(2 * MANY)]
    stock(lume, pool_of(lume), codes[:MANY])  # nobody was shown them; the others are unknown
    short, long = (comparison_of(lume, codes[MANY - count : MANY + count]) for count in (FEW, MANY))

    asked = questions(desk, [short, long])

    assert asked[long] <= asked[short]


def comparison_of(shop: Shop, codes: list[str]) -> str:
    """The page of a report that was compared."""
    found = hand_in(shop, report_of(*(line_of(code, now()) for code in codes)))
    ask(shop, found)
    work(shop, found)
    return f"/reconciliations/{public_id('rcn', found)}/"


def work_at(user: User, shops: int) -> None:
    """The user also manages so many shops more, each with a stamp of today."""
    for number in range(shops):
        shop = Shop(f"Shop {number} of {shops}", f"s{number}.{shops}@x.example")
        member = StaffMember.objects.create(merchant=shop.merchant, name="Bo", role="manager", user=user)
        Membership.objects.create(user=user, merchant_id=shop.merchant.id, staff_member_id=member.id)
        stamp(shop.publish(earning=BY_VISIT).card(), number + 1)
    follow_everything()


def test_no_page_asks_more_of_who_works_at_many_shops(lume: Shop, desk: DeskClient) -> None:
    desk.send("/shops/chosen/", shop=public_id("mer", lume.merchant.id))
    paths = ["/", "/shops/", "/cards/", "/settings/"]
    work_at(lume.owner, 1)
    few = questions(desk, paths)
    work_at(lume.owner, 18)

    assert questions(desk, paths) == few
    assert words(desk.open("/shops/")).count("of 18") == 18
