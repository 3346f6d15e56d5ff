"""The present terms of all programs, as lists and figures ask for them."""

from uuid import UUID

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of, terms_of_many
from tests.kept import made_once
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


def present(shop: Shop) -> frozenset[UUID]:
    return frozenset(Program.objects.filter(merchant=shop.merchant).values_list("current_version_id", flat=True))


def test_they_are_those_of_each_and_asked_for_once(
    lume: Shop, offer: Offer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lume.publish(name="Tea card")
    ids = present(lume)
    with django_assert_num_queries(3):
        found = terms_of_many(lume.merchant.id, ids)
    with django_assert_num_queries(1):  # the ids alone
        assert terms_of_many(lume.merchant.id, present(lume)) is found

    assert found == {id: terms_of(lume.merchant.id, id) for id in found}


def test_other_terms_that_are_published_are_there_at_once(lume: Shop, offer: Offer) -> None:
    before = terms_of_many(lume.merchant.id, present(lume))
    lume.publish(offer.program, name="Tea card")

    (now,) = terms_of_many(lume.merchant.id, present(lume)).values()

    assert (now.number, now.name) == (2, {"en": "Tea card"})
    assert [terms.number for terms in before.values()] == [1]


def test_a_rival_reads_none_of_them(lume: Shop, rossi: Shop, offer: Offer) -> None:
    assert terms_of_many(rossi.merchant.id, present(lume)) == {}
