"""An import that is undone leaves no more of its people than an erased customer leaves."""

from datetime import timedelta

import pytest

from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Card
from stampwell.cards.recovering_by_mail import ask_for_link
from stampwell.clock import now
from stampwell.customers.models import Customer
from stampwell.customers.noting import add_note
from stampwell.customers.tagging import tag_customer
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.mail.queue import Content, keep_mail
from tests.canaries import kept_anywhere
from tests.imports.working import bring_in, undo
from tests.world import Shop

pytestmark = pytest.mark.django_db
FILE = "Name;Email;Stamps\nZebediah;zebediah@quagga.example;3\nCy;cy@x.example;1\n"
CANARIES = ("Zebediah", "Quagga", "zebediah@quagga.example", "quagga@quagga.example")


def test_it_leaves_nothing_in_any_table_of_whom_it_forgets_and_of_whom_they_were(lume: Shop) -> None:
    import_id = bring_in(lume, lume.publish(), FILE)
    kept = Customer.objects.get(name="Zebediah")
    other = Customer.objects.create(
        merchant=lume.merchant, name="Quagga", email="quagga@quagga.example", locale="lv", created=now()
    )
    tag_customer(lume.merchant, kept.id, "Friend of Zebediah")
    add_note(lume.merchant, other.id, "Quagga sits by the window", staff_member_id=lume.ada.id)
    merge_customers(lume.merchant, kept.id, other.id, actor=lume.actor)
    for address in (kept.email, other.email):
        ask_for_link(lume.merchant, address)
    for about in (kept.id, other.id, Card.objects.get(customer_id=kept.id).id):
        keep_mail(
            kept.email, Content("Hello", "Zebediah"), kind="test", expires=now() + timedelta(hours=1), about=about
        )

    assert undo(lume, import_id).cards == 2

    assert kept_anywhere(*CANARIES) == []
    assert not Customer.objects.filter(erased=None).exists()
    erased = Event.objects.filter(type="customer.erased")
    assert {event.data["customer_id"] for event in erased} == {
        public_id("cus", one) for one in Card.objects.values_list("customer_id", flat=True)
    }
