"""An owner brings customers in: upload, columns, what was found, the cards, and back again."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stampwell.cards.models import Card
from stampwell.exports.models import Export
from stampwell.ids import public_id, wanted_id
from stampwell.imports.models import CardImport
from stampwell.merchants.models import StaffMember
from tests.exports.working import rows_of
from tests.imports.test_link_mail import work as work_on_mail
from tests.imports.test_reading import BOMB
from tests.imports.working import CY, PEOPLE, book_of, bring_in, receive, work
from tests.mailbox import letters
from tests.web.dashboard.desk import Answer, DeskClient, sign_up_staff, words
from tests.web.dashboard.test_confirming import LONG_AGO, asked_first, at_desk
from tests.web.dashboard.test_exports import fetch, work_all
from tests.world import Offer, Shop

FILE = PEOPLE + CY + "Di;no address;;;;1;\nEve;eve@x.example;;;;0;\n"
COLUMNS = ("name", "email", "phone", "birthday", "locale", "stamps", "external_id")


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


def upload(desk: DeskClient, content: bytes, name: str = "guests.csv") -> Answer:
    return desk.send("/imports/new/", file=SimpleUploadedFile(name, content))


def choose(desk: DeskClient, page: str, offer: Offer, **more: str) -> Answer:
    columns = {f"column-{place}": field for place, field in enumerate(COLUMNS)}
    fields = {"program": public_id("prg", offer.program.id), "encoding": "utf-8-sig", "separator": ";", **columns}
    return desk.send(page, **(fields | more))


def work_on(shop: Shop, page: str) -> None:
    work(shop, wanted_id("imp", page.split("/")[2]))


def test_from_the_file_to_the_links_and_back(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    page = upload(desk, FILE.encode()).headers["Location"]
    columns = desk.open(page)
    assert "Customer number" in words(columns)
    assert "Cy Berg, Di, Eve" in words(columns)
    assert columns.content.decode().count(" selected") >= len(COLUMNS)

    assert choose(desk, page, offer).headers["Location"] == page
    assert "Waiting for its turn" in words(desk.open(page))
    assert "hx-get" in desk.open(f"{page}state/").content.decode()
    work_on(lume, page)
    assert desk.open(f"{page}state/").headers["HX-Refresh"] == "true"
    checked = words(desk.open(page))
    assert "2 cards can be imported" in checked
    assert "With 7 stamps in all." in checked
    assert "1 row is left out" in checked
    assert "3 This is not an email address." in checked
    assert desk.open(f"{page}rows.csv").content.decode("utf-8-sig").splitlines()[1] == "3,This is not an email address."
    assert not Card.objects.exists()

    assert desk.send(f"{page}start/").headers["Location"] == page
    desk.send(f"{page}start/")
    work_on(lume, page)
    written = desk.open(page)
    assert "2 cards were imported" in words(written)
    assert "Imported" in words(desk.open("/imports/"))
    assert "The file “guests.csv” was imported." in words(desk.open("/settings/changes/"))
    asked = f"/exports/new/?subject=links&import={page.split('/')[2]}"
    assert asked.replace("&", "&amp;") in written.content.decode()
    form = {"subject": "links", "format": "csv", "filter-import": page.split("/")[2]}
    assert "The file holds the cards of this import, each with its link." in words(desk.open(asked))
    assert f"{asked}&format=pdf".replace("&", "&amp;") in written.content.decode()
    assert 'value="pdf"' in desk.open(asked).content.decode()
    assert "A PDF holds 500 cards. For more you get several PDFs in a ZIP file." in words(desk.open(asked))
    assert 'value="pdf"' not in desk.open("/exports/new/").content.decode()
    assert desk.send("/exports/new/", subject="cards", format="pdf").status_code == 422
    assert desk.send("/exports/new/", **form).status_code == 302
    links = rows_of(fetch(desk, work_all(lume)))
    assert [(row["Customer"], row["Stamps"]) for row in links] == [("Cy Berg", "7"), ("Eve", "0")]
    assert "Narrowed by filters" not in words(desk.open("/exports/"))
    assert desk.client.get(links[0]["Link of the card"].removeprefix(settings.BASE_URL)).status_code == 200

    assert desk.send(f"{page}undo/").headers["Location"] == page
    work_on(lume, page)
    assert "2 cards were deleted, together" in words(desk.open(page))
    gone = desk.client.get(links[0]["Link of the card"].removeprefix(settings.BASE_URL))
    assert "This card was deleted" in words(gone)
    assert {card.state for card in Card.objects.all()} == {"erased"}


def test_letters_that_look_wrong_are_looked_at_in_another_encoding(desk: DeskClient, offer: Offer) -> None:
    page = upload(desk, "Imię;Pieczątki\nŁucja Śliwa;1\n".encode("cp1250")).headers["Location"]
    assert "Łucja" not in words(desk.open(page))

    looked = choose(desk, page, offer, encoding="cp1250", look="1")

    assert looked.status_code == 200
    assert "Łucja Śliwa" in words(looked)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n\0\0", b"Name\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"])
@pytest.mark.parametrize("name", ["guests.xlsx", "guests.csv"])
def test_what_is_no_table_is_refused_in_words(desk: DeskClient, offer: Offer, content: bytes, name: str) -> None:
    answer = upload(desk, content, name)

    assert answer.status_code == 422
    assert "This file cannot be read as a table" in words(answer)
    assert not CardImport.objects.exists()


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_refused_in_words(desk: DeskClient, offer: Offer) -> None:
    answer = upload(desk, BOMB, "guests.xlsx")

    assert answer.status_code == 422
    assert "Unpacked, an Excel file may have at most 256 MB." in words(answer)
    assert not CardImport.objects.exists()


def test_a_column_that_is_chosen_twice_is_refused_in_words(desk: DeskClient, offer: Offer) -> None:
    page = upload(desk, FILE.encode()).headers["Location"]

    answer = choose(desk, page, offer, **{"column-1": "stamps"})

    assert answer.status_code == 422
    assert "It is not clear what the columns hold" in words(answer)


def test_a_workbook_comes_in_as_well(desk: DeskClient, offer: Offer) -> None:
    page = upload(desk, book_of(["Name", "Stamps"], ["Cy", 7]), "guests.csv").headers["Location"]

    assert "Cy" in words(desk.open(page))


def test_without_a_program_there_is_nothing_to_bring_them_into(desk: DeskClient, lume: Shop) -> None:
    assert "No program gives new cards at the moment" in words(desk.open("/imports/new/"))


def test_only_owners_who_confirmed_it_and_only_their_own(
    lume: Shop, rossi: Shop, offer: Offer, desk: DeskClient
) -> None:
    done = public_id("imp", bring_in(lume, offer, PEOPLE + CY))
    left = public_id("imp", receive(lume, FILE))
    bo, rival, old = sign_up_staff(lume, StaffMember.Role.MANAGER), DeskClient(rossi.owner), at_desk(lume, ago=LONG_AGO)

    for path in ("/imports/", "/imports/new/", f"/imports/{done}/"):
        assert bo.open(path).status_code == 403
    for path in (f"/imports/{done}/", f"/imports/{done}/state/", f"/imports/{left}/rows.csv"):
        assert rival.open(path).status_code == 404
    for act in ("start", "undo"):
        assert rival.send(f"/imports/{done}/{act}/").status_code == 404
        assert old.post(f"/imports/{done}/{act}/")["Location"] == asked_first(f"/imports/{done}/")
    assert old.get("/imports/new/")["Location"] == asked_first(reverse("new_import"))
    assert desk.open(f"/imports/{left}/rows.csv").status_code == 404
    theirs = {"subject": "links", "format": "csv", "filter-import": done}
    assert rival.send("/exports/new/", **theirs).status_code in (404, 422)
    assert not Export.objects.exists()
    assert CardImport.objects.filter(undo_job_id__isnull=False).count() == 0


def test_the_links_go_by_mail_after_a_count_and_are_stopped_at_once(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    page = f"/imports/{public_id('imp', bring_in(lume, offer, FILE))}/"
    assert "2 customers have an email address." in words(desk.open(page))

    assert [desk.send(f"{page}mail/").headers["Location"] for _time in range(2)] == [page] * 2
    assert "0 emails written so far" in words(desk.open(page))
    assert "hx-get" in desk.open(f"{page}mail/").content.decode()
    work_on_mail()

    assert desk.open(f"{page}mail/").headers["HX-Refresh"] == "true"
    written = words(desk.open(page))
    assert "2 emails were written." in written
    assert "customers have an email address" not in written
    assert "The links of the cards from the file “customers.csv” were sent" in words(desk.open("/settings/changes/"))
    assert desk.send(f"{page}mail/stop/").headers["Location"] == page
    assert "You stopped it." in words(desk.open(page))
    assert letters() == []


def test_what_is_sent_cannot_be_stopped_any_more(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    page = f"/imports/{public_id('imp', bring_in(lume, offer, FILE))}/"
    desk.send(f"{page}mail/")
    work_on_mail()
    assert "Send no more of them" in words(desk.open(page))

    assert len(letters()) == 2

    assert "2 emails were written." in words(desk.open(page))
    assert "Send no more of them" not in words(desk.open(page))


def test_where_nobody_has_an_address_no_mail_is_offered(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    page = f"/imports/{public_id('imp', bring_in(lume, offer, PEOPLE + 'Di;;;;;1;'))}/"

    shown = words(desk.open(page))

    assert "1 card was imported" in shown
    assert "Send the links by email" not in shown
