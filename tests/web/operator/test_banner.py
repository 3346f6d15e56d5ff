"""A sentence for the people of all shops."""

from datetime import timedelta

import pytest
from django.test import Client

from stampwell.clock import stopped_at
from stampwell.installation.banner import set_banner
from stampwell.installation.models import Banner
from tests.moments import START
from tests.web.customer import path_of
from tests.web.dashboard.desk import DeskClient, words
from tests.web.scanner.phone import Phone
from tests.world import Shop

SAID = "Maintenance tonight at ten"
FORM = "%Y-%m-%dT%H:%M"


def times(begin: timedelta, end: timedelta) -> dict[str, str]:
    return {"begins": f"{START + begin:{FORM}}", "ends": f"{START + end:{FORM}}"}


HOUR = timedelta(hours=1)


def test_it_stands_above_the_pages_of_every_shop_while_its_time_lasts(
    operator: DeskClient, lume: Shop, rossi: Shop
) -> None:
    phone = Phone(rossi).enrol()
    operator.send("/operator/announcement/", text_en=SAID, **times(HOUR, 2 * HOUR))

    shown = {}
    for hours in (0, 1, 2):
        with stopped_at(START + hours * HOUR):
            pages = [DeskClient(lume.owner).open("/cards/"), phone.client.get("/scanner/people")]
            shown[hours] = [SAID in words(page) for page in pages]

    assert shown == {0: [False, False], 1: [True, True], 2: [False, False]}


def test_each_reads_it_in_their_language_else_in_english(lume: Shop, operator: DeskClient) -> None:
    texts = {"text_en": SAID, "text_lv": "Šovakar desmitos apkope"}
    operator.send("/operator/announcement/", **texts, **times(-HOUR, HOUR))
    phone = Phone(lume, language="lv").enrol()
    other = Phone(lume, language="ja").enrol()

    assert "Šovakar desmitos apkope" in words(phone.client.get("/scanner/people"))
    page = other.client.get("/scanner/people").content.decode()
    assert f'lang="en" dir="auto">{SAID}' in page


def test_customers_do_not_see_it(lume: Shop, db: None) -> None:
    set_banner({"en": SAID}, begins=START, ends=START + HOUR)

    assert SAID not in words(Client().get(path_of(lume.publish().card())))


def test_it_is_text_and_nothing_else(lume: Shop, operator: DeskClient) -> None:
    operator.send("/operator/announcement/", text_en="<b>Now</b> & then", **times(-HOUR, HOUR))

    assert "&lt;b&gt;Now&lt;/b&gt; &amp;" in DeskClient(lume.owner).open("/cards/").content.decode()


def test_it_is_removed(lume: Shop, operator: DeskClient) -> None:
    operator.send("/operator/announcement/", text_en=SAID, **times(-HOUR, HOUR))
    assert SAID in words(operator.open("/operator/announcement/"))

    operator.send("/operator/announcement/remove/")

    assert SAID not in words(DeskClient(lume.owner).open("/cards/"))


@pytest.mark.parametrize(
    "fields",
    [
        {**times(-HOUR, HOUR)},
        {"text_en": "  ", **times(-HOUR, HOUR)},
        {"text_en": SAID, **times(HOUR, HOUR)},
        {"text_en": SAID, **times(-2 * HOUR, -HOUR)},
        {"text_en": SAID, "begins": "soon", "ends": "later"},
        {"text_en": SAID, "begins": "9999-12-31T23:59", "ends": "0001-01-01T00:00"},
        {"text_en": "x" * 301, **times(-HOUR, HOUR)},
    ],
)
def test_what_nobody_could_read_is_refused(operator: DeskClient, fields: dict[str, str]) -> None:
    assert operator.send("/operator/announcement/", **fields).status_code == 422
    assert not Banner.objects.exists()
