"""Money, consent, imports, scans to decide and what looks odd, as files: what their pages tell, of this shop alone."""

import json
from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.merging import merge_customers
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.customers.consenting import give_consent, withdraw_consent
from stampwell.customers.joining import ConsentGiven
from stampwell.events.actors import CUSTOMER
from stampwell.exports.rows import Subject
from stampwell.ids import public_id
from stampwell.insight.customer_figures import count_standing
from stampwell.insight.money_figures import count_worth
from stampwell.merchants.changing import change_messages
from stampwell.transactions import merchant_reads
from tests.exports.working import cells_of, made, rows_of
from tests.following import follow_everything
from tests.imports.working import bring_in
from tests.insight.test_daily_totals import AT_ONCE, MORNING
from tests.insight.test_money_figures import price
from tests.offline.waiting import waiting_scan
from tests.protection.odd_team import odd_team
from tests.world import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.moment(MORNING)]
AGREED = ConsentGiven(wording="=I want news", source="my data")
OTHERS: list[Subject] = ["costs", "owed", "consents", "imports", "scans", "oddities"]


def test_costs_and_what_is_owed_are_those_of_the_page_of_figures(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    price(offer)
    card = offer.card()
    for day in (0, 1, 40):
        with stopped_at(MORNING + timedelta(days=day)):
            add_stamp(lume.merchant, card.id, Purchase(count=4, override=True), actor=lume.actor)
            follow_everything()
    with stopped_at(MORNING + timedelta(days=50)):
        costs, owed = rows_of(made(lume, "costs")), rows_of(made(lume, "owed"))
        raw = json.loads(made(lume, "owed", "json"))

    today = (MORNING + timedelta(days=50)).date()
    with merchant_reads(lume.merchant.id) as tx:
        months = [
            count_worth(tx, first, last)[0]
            for first, last in (
                (MORNING.date().replace(day=1), MORNING.date().replace(day=31)),
                (today.replace(day=1), today),
            )
        ]
        standing = count_standing(tx)
    assert [(row["Month"], row["Visits of regulars"], row["Revenue"], row["Cost"]) for row in costs] == [
        (month, str(worth.visits), f"{(worth.brought or 0) / 100:.2f}", f"{(worth.cost or 0) / 100:.2f}")
        for month, worth in zip(("2026-03-01", "2026-04-01"), months, strict=True)
    ]
    assert (owed[0]["Rewards that can be used now"], owed[0]["Stamps on cards that are not full"]) == (
        str(standing.ready),
        str(sum(standing.collected.values())),
    )
    assert raw[0]["ready_cost"] == f"{(months[-1].ready_owed or 0) / 100:.2f}"
    assert owed[0]["Currency"] == "EUR"


def test_the_ledger_of_consent_has_every_word_of_every_customer(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    change_messages(lume.merchant, writes_to_customers=True, actor=lume.actor)
    one, other = (offer.card(name=name, email=f"{name}@x.example") for name in ("cy", "di"))
    for card in (one, other):
        give_consent(lume.merchant, card.row.customer_id, AGREED, locale="en", actor=CUSTOMER)
    with stopped_at(MORNING + timedelta(minutes=1)):
        withdraw_consent(lume.merchant, one.row.customer_id, AGREED, locale="en", actor=CUSTOMER)
        into = lume.publish(earning=AT_ONCE).card(name="Eve")
        merge_customers(lume.merchant, into.row.customer_id, other.row.customer_id, actor=lume.actor)

    rows = [
        row for row in rows_of(made(lume, "consents")) if row["How the customer said so"].startswith("In “My data”")
    ]

    assert sorted((row["Customer"], row["Consent to messages"]) for row in rows) == [
        ("Eve", "The customer agreed to messages"),
        ("cy", "The customer agreed to messages"),
        ("cy", "The customer wants no more messages"),
    ]
    assert {(row["The text that was shown"], row["Language"]) for row in rows} == {("'=I want news", "en")}


def test_imports_say_what_became_of_them(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    import_id = bring_in(lume, offer, "name;stamps\nCy;3\nDi;4\n")

    (row,) = rows_of(made(lume, "imports"))

    assert (row["ID"], row["State"], row["Rows"]) == (public_id("imp", import_id), "Imported", "2")
    assert (row["Cards"], row["Stamps"], row["Program"]) == ("2", "7", "Coffee card")


def test_scans_to_decide_say_why_they_wait(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE).card(name="=Cy")
    scan = waiting_scan(lume, card, staff_member_id=lume.ada.id)

    (row,) = rows_of(made(lume, "scans"))

    assert (row["ID"], row["Customer"], row["Person"]) == (public_id("ksc", scan), "'=Cy", lume.ada.name)
    assert row["Why it needs a decision"] == "The card was stamped shortly before or after."
    assert row["Location"] == lume.location.name


def test_what_looks_odd_stands_there_in_the_words_of_its_page(lume: Shop) -> None:
    odd_team(lume, month=MORNING.date().replace(day=1), name="=Bo")

    with stopped_at(MORNING + timedelta(days=50)):
        rows = rows_of(made(lume, "oddities"))

    assert [(row["Month"], row["Person"], row["What looks odd"]) for row in rows] == [
        ("2026-03-01", "'=Bo", "Before the pause was over")
    ]
    assert rows[0]["How often"] == "Stamped 60 times before the pause between two stamps was over."
    assert rows[0]["Looked at, and fine"] == "No"


def test_nothing_of_another_shop_is_in_these_files(lume: Shop, rossi: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    price(offer)
    change_messages(lume.merchant, writes_to_customers=True, actor=lume.actor)
    card = offer.card(email="cy@x.example")
    give_consent(lume.merchant, card.row.customer_id, AGREED, locale="en", actor=CUSTOMER)
    bring_in(lume, offer, "name;stamps\nDi;4\n")
    waiting_scan(lume, card)
    odd_team(lume, month=MORNING.date().replace(day=1))
    follow_everything()

    assert [subject for subject in OTHERS if rows_of(made(rossi, subject))] == []


@pytest.mark.parametrize(
    ("subject", "first", "second"),
    [
        ("costs", "月", "プログラム"),
        ("owed", "プログラム", "今使える特典"),
        ("consents", "日時", "お客様"),
        ("imports", "日時", "ファイル"),
        ("scans", "日時", "お客様"),
        ("oddities", "月", "スタッフ"),
    ],
)
def test_their_headings_are_in_the_language_of_whoever_asked(
    lume: Shop, subject: Subject, first: str, second: str
) -> None:
    assert cells_of(made(lume, subject, "xlsx", locale="ja"))[:2] == [first, second]
