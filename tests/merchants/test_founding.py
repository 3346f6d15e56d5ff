"""The address of a new shop says its name, whatever its letters are, and is nobody else's."""

import pytest

from stampwell.merchants.founding import found_merchant
from stampwell.merchants.models import Merchant, User

pytestmark = pytest.mark.django_db


def found(name: str) -> Merchant:
    owner = User.objects.create_user(f"{User.objects.count()}@lume.example", "ten stamps make a coffee")
    return found_merchant(name=name, locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner)


@pytest.mark.parametrize(
    ("name", "slug"), [("Жұлдыз", "zhuldyz"), ("カフェ ルーメ", "kafe-rume"), ("Kafejnīca", "kafejnica")]
)
def test_a_shop_is_addressed_by_its_name_in_latin_letters(name: str, slug: str) -> None:
    assert found(name).slug == slug


def test_two_names_that_are_spelt_alike_have_two_addresses() -> None:
    first, second = found("Звезда"), found("Zvezda")

    assert first.slug == "zvezda"
    assert second.slug.startswith("zvezda-")


@pytest.mark.parametrize("name", ["珈琲", "✂️", "A"])
def test_a_name_that_cannot_be_spelt_gets_an_address_all_the_same(name: str) -> None:
    assert found(name).slug.startswith("shop-")
