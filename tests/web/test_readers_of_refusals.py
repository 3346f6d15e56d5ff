"""Staff read what staff can do and customers what customers can do, in every language, for every refusal."""

import re
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils.html import escape
from django.utils.translation import override

from stampwell.cards.undoing import undo_stamp
from stampwell.languages.explaining import Explanation, explain
from stampwell.languages.extracting import extract_messages, first_form
from stampwell.languages.offered import offered_locales
from stampwell.refusal import Refusal
from stampwell.web.refusals import refusal_page
from tests.web.customer import give_stamps, one_reward, voucher_path
from tests.world import Shop

FOR_STAFF = re.compile(
    r"the customer|manager|ask the owner|restore the|request|header|\bAPI\b|settings page|dashboard", re.I
)
FOR_CUSTOMERS = re.compile(
    r"^come back|^keep the|(ask|tell) the staff|to the staff|your (card|voucher|stamps)|you can (use|collect)", re.I
)
CARD = reverse("card", args=["lume", "c" * 43])


@cache
def facts() -> dict[str, int]:
    """Whatever a sentence may name. Not while the tests are collected: to read the whole source takes seconds."""
    texts = (first_form(message.id) for message in extract_messages())
    return {name: 3 for text in texts for name in re.findall(r"%\((\w+)\)", text)}


def every_kind(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("stampwell.") and hasattr(kind, "staff_text"):
            yield kind
        yield from every_kind(kind)


KINDS = sorted(set(every_kind()), key=lambda kind: (kind.code, kind.__name__))


def one_of(kind: type[Refusal]) -> Refusal:
    refusal = kind.__new__(kind)  # some are made from other things, and say the same
    Refusal.__init__(refusal, **facts())
    return refusal


def said(kind: type[Refusal]) -> Explanation:
    return explain(one_of(kind), ZoneInfo("Europe/Riga"))


def page_at(path: str, kind: type[Refusal]) -> HttpResponse:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    return refusal_page(request, one_of(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_text_is_meant_for_the_other_reader(kind: type[Refusal]) -> None:
    with override("en"):
        texts = said(kind)

    assert not FOR_STAFF.search(f"{texts.customer_message}\n{texts.what_customer_can_do}")
    assert not FOR_CUSTOMERS.search(texts.staff_message)
    assert not FOR_CUSTOMERS.search(texts.what_to_do)


@pytest.mark.parametrize("locale", offered_locales())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_page_of_customers_says_what_they_can_do_and_one_of_staff_what_staff_can(
    kind: type[Refusal], locale: str
) -> None:
    with override(locale):
        texts = said(kind)
        desk, scanner, join, card = (
            page_at(path, kind).content.decode() for path in ("/cards/", "/scanner/", "/j/lume/coffee", CARD)
        )
        panel = render_to_string("scanner/panels/refused.html", {"said": texts, "customer": {"text": ""}})

    for page in (desk, scanner, panel):
        assert escape(texts.what_to_do) in page
        assert escape(texts.staff_message) in page
        if texts.what_customer_can_do != texts.what_to_do:
            assert escape(texts.what_customer_can_do) not in page
    for page in (join, card):
        assert escape(texts.what_customer_can_do) in page
        assert escape(texts.customer_message) in page
        if texts.what_customer_can_do != texts.what_to_do:
            assert escape(texts.what_to_do) not in page


@pytest.mark.parametrize(
    ("locale", "said_there"),
    [("en", "Your card shows the stamps you have now."), ("ja", "現在のスタンプはカードで確認できます。")],
)
def test_a_voucher_withdrawn_while_its_customer_confirms_sends_nobody_to_scan(
    client: Client, lume: Shop, locale: str, said_there: str
) -> None:
    card = lume.publish(**one_reward("self_redeem")).card()
    stamped = give_stamps(card, 2)
    where = voucher_path(card)
    undo_stamp(lume.merchant, stamped.stamp.id, reason="wrong card", actor=lume.actor)

    answer = client.post(f"{where}/use", headers={"accept-language": locale})

    assert answer.status_code == 409
    assert said_there in answer.content.decode()
