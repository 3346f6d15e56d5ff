"""What a test has committed is gone when the next one begins."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import TransactionTestCase

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.merchants.hiring import invite_person
from tests.emptying import KEPT, empty_the_tables
from tests.following import follow_everything
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def filled_tables() -> set[str]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.db_table for model in models if model._default_manager.exists()} - {*KEPT}


def fill(shop: Shop) -> None:
    card = shop.publish(asks_for=["name"]).card(name="Cy")
    add_stamp(shop.merchant, card.id, Purchase(count=12), actor=shop.actor)
    shop.scanner()
    shop.api_key()
    invite_person(shop.merchant, email="eve@lume.example", name="Eve", role="manager", locale="en", by=shop.ada)
    follow_everything()


def test_every_table_is_empty_afterwards_whatever_names_what() -> None:
    permissions = Permission.objects.count()
    fill(open_lume())
    assert filled_tables() >= {"merchant", "card", "voucher", "event", "team_invitation", "daily_total", "event_kind"}

    empty_the_tables(TransactionTestCase())

    assert filled_tables() == set()
    assert Permission.objects.count() == permissions > 0
