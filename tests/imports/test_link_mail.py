"""The links of imported cards go out by mail: to each who has an address, once, in their language."""

import re

import pytest
from django.conf import settings
from django.test import Client

from stampwell.cards.erasing import erase_customer
from stampwell.cards.models import Card
from stampwell.customers.models import Customer
from stampwell.events.models import DeskChange
from stampwell.imports import link_mail
from stampwell.imports.asking import ask_to_undo
from stampwell.imports.link_mail import LINK_MAIL, ask_to_mail_links, stop_mailing_links
from stampwell.imports.refusals import ImportNotWritten
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.mail.models import Mail
from stampwell.merchants.closing import close_shop
from stampwell.refusal import NotFound
from tests.imports.working import PEOPLE, bring_in, check, found, receive, undo
from tests.kept import made_once
from tests.mailbox import letters
from tests.web.customer import AT_ONCE
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
FILE = PEOPLE + (
    "Cy;cy@x.example;;;lv;1;\nDi;di@x.example;;;ja;7;\nEve;;+371 2000 1234;;;3;\nFlo;flo@x.example;;;;0;\n"
)


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


def work(*, steps: int = 1_000) -> None:
    """As a worker does that is stopped after so many steps."""
    left = iter(range(steps))
    for job in Job.objects.filter(kind=LINK_MAIL, ended=None):
        place = job.place or 0
        work_on(job.merchant_id, job.id, place=place, kinds=KINDS, is_stopping=lambda: next(left, None) is None)


def told() -> list[str]:
    return sorted(address for letter in letters() for address in letter.to)


def test_each_who_has_an_address_gets_the_link_once_and_in_their_language(lume: Shop, offer: Offer) -> None:
    import_id = bring_in(lume, offer, FILE)
    assert found(lume, import_id).has_written.addresses == 3

    for _time in range(2):
        ask_to_mail_links(lume.merchant, import_id, actor=lume.actor)
        work()

    assert told() == ["cy@x.example", "di@x.example", "flo@x.example"]
    mails = {letter.to[0]: letter for letter in letters()}
    english, latvian = mails["flo@x.example"], mails["cy@x.example"]
    assert english.subject == "Your card at Café Lume"
    assert "because Café Lume had your address in its list of customers" in english.body
    assert "is not an advertisement" in english.body
    assert "stamps that you have" not in english.body, "there are none yet"
    assert "Tajā jau ir jūsu sakrātais 1 zīmogs." in latvian.body
    assert "スタンプ7個" in mails["di@x.example"].body
    (link,) = re.findall(rf"{settings.BASE_URL}(/c/\S+)", str(english.body))
    assert Client().get(link).status_code == 200
    assert [change.kind for change in DeskChange.objects.filter(kind="import.mailed")] == ["import.mailed"]
    assert found(lume, import_id).has_mailed.mails == 3


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_job_that_is_stopped_anywhere_writes_to_nobody_twice(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(link_mail, "AT_ONCE", 1)
    ask_to_mail_links(lume.merchant, bring_in(lume, offer, FILE), actor=lume.actor)

    work(steps=steps)
    work()

    assert told() == ["cy@x.example", "di@x.example", "flo@x.example"]


def test_who_was_erased_or_has_another_address_by_now_is_written_to_there_or_not_at_all(
    lume: Shop, offer: Offer
) -> None:
    import_id = bring_in(lume, offer, FILE)
    erase_customer(lume.merchant, Customer.objects.get(name="Cy").id, actor=lume.actor)
    Customer.objects.filter(name="Di").update(email="new@x.example")
    Customer.objects.filter(name="Flo").update(email="")

    ask_to_mail_links(lume.merchant, import_id, actor=lume.actor)
    work()

    assert told() == ["new@x.example"]


def test_stopped_it_writes_no_more_and_withdraws_what_waits(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_mail, "AT_ONCE", 1)
    import_id = bring_in(lume, offer, FILE)
    ask_to_mail_links(lume.merchant, import_id, actor=lume.actor)
    work(steps=1)
    assert Mail.objects.count() == 1

    for _time in range(2):
        stop_mailing_links(lume.merchant, import_id)
    work()

    assert told() == []
    assert found(lume, import_id).mail_state == "done"
    ask_to_mail_links(lume.merchant, import_id, actor=lume.actor)
    work()
    assert told() == [], "it is asked for once"


def test_an_import_that_is_undone_takes_its_mail_along(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_mail, "AT_ONCE", 1)
    import_id = bring_in(lume, offer, FILE)
    ask_to_mail_links(lume.merchant, import_id, actor=lume.actor)
    work(steps=1)

    undo(lume, import_id)
    work()

    assert told() == []
    assert {card.state for card in Card.objects.all()} == {"erased"}


def test_a_closed_shop_writes_to_nobody(lume: Shop, offer: Offer) -> None:
    ask_to_mail_links(lume.merchant, bring_in(lume, offer, FILE), actor=lume.actor)
    close_shop(lume.merchant.id)

    work()

    assert told() == []


def test_before_all_cards_are_there_or_after_an_undo_nothing_is_sent(lume: Shop, rossi: Shop, offer: Offer) -> None:
    written, checked = bring_in(lume, offer, FILE), receive(lume, PEOPLE + "Bo;bo@x.example;;;;;\n")
    check(lume, offer, checked)
    with pytest.raises(NotFound):
        ask_to_mail_links(rossi.merchant, written, actor=rossi.actor)
    with pytest.raises(NotFound):
        stop_mailing_links(rossi.merchant, written)
    ask_to_undo(lume.merchant, written, actor=lume.actor)

    for import_id in (written, checked):
        with pytest.raises(ImportNotWritten):
            ask_to_mail_links(lume.merchant, import_id, actor=lume.actor)

    assert not Job.objects.filter(kind=LINK_MAIL).exists()
