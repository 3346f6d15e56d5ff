"""An owner takes along what the desk shows."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from stampwell.exports.models import Export
from stampwell.exports.rows import read_export
from stampwell.ids import public_id
from stampwell.transactions import merchant_transaction
from tests.exports.working import rows_of, work
from tests.following import follow_everything
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_confirming import LONG_AGO, asked_first, at_desk
from tests.world import HeldCard, Offer, Shop


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def work_all(shop: Shop) -> str:
    """The id of the newest one as outsiders see it."""
    for export in Export.objects.filter(merchant=shop.merchant, made__isnull=True):
        with merchant_transaction(shop.merchant.id) as tx:
            work(read_export(tx, export.id))
    return public_id("exp", Export.objects.latest("id").id)


def fetch(desk: DeskClient, export: str) -> bytes:
    answer = desk.client.get(f"/exports/{export}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_it_is_asked_for_waited_for_and_fetched(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    asked = desk.send("/exports/new/", subject="cards", format="csv")
    waiting = desk.open(asked.headers["Location"])
    export = work_all(lume)
    ready = desk.open("/exports/")
    fetched = desk.client.get(f"/exports/{export}/file/")

    assert "The file is being made." in words(waiting)
    assert "Waiting for its turn" in words(waiting)
    assert f"/exports/{export}/state/" in waiting.content.decode()
    assert "1 row ·" in words(ready)
    assert f"/exports/{export}/file/" in desk.open(f"/exports/{export}/state/").content.decode()
    assert fetched["Content-Disposition"].startswith('attachment; filename="cafe-lume-cards-')
    assert fetched["Cache-Control"] == "private, no-store"
    assert rows_of(b"".join(fetched.streaming_content))[0]["Customer"] == "Cy"  # type: ignore[attr-defined]


def test_what_the_list_was_narrowed_to_comes_along(desk: DeskClient, lume: Shop, offer: Offer, card: HeldCard) -> None:
    offer.card(name="Di")
    follow_everything()
    page = desk.open("/cards/?q=cy").content.decode()
    link = page.split(f'href="{reverse("new_export")}')[1].split('"')[0].replace("&amp;", "&")

    form = desk.open(f"/exports/new/{link}").content.decode()
    desk.send("/exports/new/", subject="cards", format="csv", **{"filter-q": "cy"})
    rows = rows_of(fetch(desk, work_all(lume)))

    assert dict(parse_qsl(urlsplit(link).query)) == {"subject": "cards", "q": "cy"}
    assert 'name="filter-q" value="cy"' in form
    assert [row["Customer"] for row in rows] == ["Cy"]
    assert "Narrowed by filters" in words(desk.open("/exports/"))


def test_the_journals_filters_come_along(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    page = desk.open("/journal/?kind=cards").content.decode()

    assert f'href="{reverse("new_export")}?subject=journal&amp;kind=cards"' in page
    desk.send("/exports/new/", subject="journal", format="csv", **{"filter-kind": "cards"})
    follow_everything()
    assert [row["Type of event"] for row in rows_of(fetch(desk, work_all(lume)))] == ["card.issued"]


def test_a_form_that_is_sent_twice_asks_once(desk: DeskClient, lume: Shop) -> None:
    key = uuid4().hex

    answers = [desk.send("/exports/new/", once=key, subject="days", format="csv") for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Export.objects.count() == 1


def test_what_is_not_clear_is_said_and_asks_for_nothing(desk: DeskClient, lume: Shop) -> None:
    unknown = desk.send("/exports/new/", subject="everything", format="csv")
    filtered = desk.send("/exports/new/", subject="cards", format="csv", **{"filter-show": "nonsense"})

    assert (unknown.status_code, filtered.status_code) == (422, 422)
    assert "A filter or a period of this export cannot be read." in words(filtered)
    assert not Export.objects.exists()


def test_an_old_session_asks_for_nothing_and_fetches_nothing(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    desk.send("/exports/new/", subject="cards", format="csv")
    export, old = work_all(lume), at_desk(lume, ago=LONG_AGO)

    form = old.get("/exports/new/?subject=cards")
    sent = old.post("/exports/new/", {"once": "k", "subject": "cards", "format": "csv"})
    file = old.get(f"/exports/{export}/file/")

    assert form["Location"] == "/accounts/reauthenticate/?next=%2Fexports%2Fnew%2F%3Fsubject%3Dcards"
    assert sent["Location"] == asked_first("/exports/new/")
    assert file["Location"] == asked_first("/exports/")
    assert Export.objects.count() == 1


def test_a_file_that_is_not_there_yet_is_not_found(desk: DeskClient, lume: Shop) -> None:
    desk.send("/exports/new/", subject="days", format="csv")
    export = public_id("exp", Export.objects.get().id)

    assert desk.open(f"/exports/{export}/file/").status_code == 404
