"""A queue of people scans the poster at the same moment: each gets one card, and nobody two."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from stampwell.cards.models import Card
from tests.serving import Product
from tests.world import Shop

PEOPLE, TWICE = 24, 4  # of those people, so many send their form twice at once


def test_each_gets_one_card(product: Product, lume: Shop) -> None:
    offer = lume.publish(asks_for=[])
    path = f"/j/{lume.merchant.slug}/{offer.program.slug}"
    keys = [uuid4().hex for _person in range(PEOPLE)]

    def join(key: str) -> httpx.Response:
        with httpx.Client(base_url=product.url, timeout=60) as browser:
            token = browser.get(path).cookies["csrf"]
            form = {"key": key, "csrfmiddlewaretoken": token}
            return browser.post(path, data=form, headers={"Origin": product.url})

    with ThreadPoolExecutor(PEOPLE + TWICE) as queue:
        answers = list(queue.map(join, keys + keys[:TWICE]))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == PEOPLE
    assert Card.objects.count() == PEOPLE
    assert [answer.headers["Location"] for answer in answers[PEOPLE:]] == [
        answer.headers["Location"] for answer in answers[:TWICE]
    ]
