"""What a file is says its content; whoever sent it, and whatever is broken in it, nothing is half done."""

import io
import zipfile
from zoneinfo import ZoneInfo

import pytest

from stampwell.cards.models import Card
from stampwell.clock import new_id, now
from stampwell.imports.headings import _KNOWN, FIELDS
from stampwell.imports.models import CardImport
from stampwell.imports.purposes import Purpose
from stampwell.languages.explaining import explain
from stampwell.refusal import Refusal
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of
from stampwell.sheets.limits import LARGEST
from stampwell.sheets.line_ids import LineIds, row_of
from stampwell.sheets.refusals import SheetTooLarge, SheetUnreadable
from tests.exports.working import made
from tests.imports.working import CY, PEOPLE, book_of, bring_in, check, found, receive
from tests.kept import made_once
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
LATVIAN = "Vārds;E-pasts;Zīmogi\nJānis Bērziņš;janis@x.example;3\nŅikita Ķēniņš;nik@x.example;4\n"


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.mark.parametrize(
    ("locale", "encoding", "kept"),
    [
        ("lv", "utf-8", "utf-8-sig"),
        ("lv", "utf-8-sig", "utf-8-sig"),
        ("lv", "utf-16", "utf-16"),
        ("lv", "utf-16-le", "utf-16-le"),
        ("lv", "cp1257", "cp1257"),
        ("et", "cp1257", "cp1257"),
    ],
)
def test_letters_are_read_as_they_were_written(lume: Shop, offer: Offer, locale: str, encoding: str, kept: str) -> None:
    lume.merchant.locale = locale
    import_id = receive(lume, LATVIAN.encode(encoding))

    assert found(lume, import_id).encoding == kept
    assert found(lume, import_id).fields == ["name", "email", "stamps"]
    assert check(lume, offer, import_id).good == 2


@pytest.mark.parametrize(
    ("locale", "text", "encoding"),
    [("kk", "Аты;Мөрлер\nҚайрат;1\n", "cp1251"), ("ja", "名前;スタンプ\n佐藤;1\n", "cp932")],
)
def test_old_letters_of_the_shops_language_are_known(lume: Shop, locale: str, text: str, encoding: str) -> None:
    lume.merchant.locale = locale

    assert found(lume, receive(lume, text.encode(encoding, errors="ignore"))).encoding == encoding


@pytest.mark.parametrize(
    ("locale", "time_zone", "text", "encoding"),
    [
        ("en", "Europe/Riga", LATVIAN, "cp1257"),
        ("en", "Europe/Vilnius", "Vardas;Antspaudai\nŽemyna Šaltė;1\n", "cp1257"),
        ("en", "Europe/Berlin", "Name;Stempel\nJörg Müßig;1\n", "cp1252"),
        ("en", "Europe/Warsaw", "Imię;Pieczątki\nŁucja Śliwa;1\n", "cp1250"),
        ("lv", "Europe/Riga", "Имя;Штампы\nОльга Крюкова;1\n", "cp1251"),
        ("en", "Europe/Riga", "Имя;Штампы\nОльга Крюкова;1\n", "cp1251"),
        ("kk", "Asia/Almaty", "Name;Stamps\nJosé Núñez;1\n", "cp1252"),
        ("en", "Asia/Tokyo", "名前;スタンプ\n佐藤;1\n", "cp932"),
    ],
)
def test_old_letters_are_told_apart_by_where_the_shop_is_and_by_themselves(
    lume: Shop, locale: str, time_zone: str, text: str, encoding: str
) -> None:
    lume.merchant.locale, lume.merchant.time_zone = locale, time_zone

    assert found(lume, receive(lume, text.encode(encoding))).encoding == encoding


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_whatever_parts_the_cells_is_found(lume: Shop, separator: str) -> None:
    import_id = receive(lume, PEOPLE.replace(";", separator) + CY.replace(";", separator))

    assert found(lume, import_id).separator == separator
    assert found(lume, import_id).fields == ["name", "email", "phone", "birthday", "locale", "stamps", "external_id"]


def test_a_workbook_is_read_like_its_rows(lume: Shop, offer: Offer) -> None:
    book = book_of(["Name", "Phone", "Stamps"], ["Cy", 37120001234, 7], [], ["Di", "+371 2000 5678", 3.0])
    import_id = receive(lume, book, "anything.csv")

    checked = check(lume, offer, import_id)

    assert (checked.good, checked.stamps, checked.faults) == (2, 10, {})


def _zip(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def _book_that_says(unpacked: int) -> bytes:
    """A workbook that says of its only sheet how many bytes it has."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml"):
            archive.writestr(name, b"<x/>")
        archive.getinfo("xl/worksheets/sheet1.xml").file_size = unpacked
    return content.getvalue()


BOMB = _book_that_says(257 << 20)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", SheetUnreadable),
        (b"Name\n", SheetUnreadable),
        (b"\n\n\n", SheetUnreadable),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", SheetUnreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, SheetUnreadable),
        (b"PK\x03\x04 and no more", SheetUnreadable),
        (_zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), SheetUnreadable),
        (_zip(**{"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), SheetUnreadable),
        (BOMB, SheetTooLarge),
        (b";".join([b"x"] * 1_000_000) + b"\n1;2\n", SheetTooLarge),
        (b"Name\n" + b"x" * LARGEST, SheetTooLarge),
    ],
    ids=["empty", "headings", "blank", "picture", "xls", "cut zip", "ods", "no sheets", "bomb", "wide", "long"],
)
def test_what_is_no_table_or_too_large_leaves_nothing_behind(
    lume: Shop, data_folder: object, content: bytes, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        receive(lume, content, "customers.xlsx")

    assert not CardImport.objects.exists()
    assert not [file for file in data_folder.rglob("*") if file.is_file()]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("far", "says"),
    [
        ((1, 100), "At most 100 columns can be imported."),
        ((1_000_001, 0), "At most 1,000,000 rows can be imported at once."),
        ((999_999, 99), "Reading this Excel file takes too much memory or time."),
        ((1_048_575, 16_383), "Reading this Excel file takes too much memory or time."),
    ],
)
def test_a_cell_far_away_meets_a_limit_that_is_named_and_not_the_end_of_the_memory(
    lume: Shop, far: tuple[int, int], says: str
) -> None:
    with pytest.raises(SheetTooLarge) as refused:
        receive(lume, _book_with(far).getvalue())

    assert explain(refused.value, ZoneInfo("UTC")).staff_message == says


def test_a_workbook_with_much_beside_its_sheet_is_read(lume: Shop) -> None:
    """Our own export of 57,000 cards unpacks to as much."""
    book = _book_with((1, 0))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/media/picture.bin", bytes(60 << 20))

    receive(lume, book.getvalue())

    assert CardImport.objects.exists()


def _book_with(cell: tuple[int, int]) -> io.BytesIO:
    import xlsxwriter  # noqa: PLC0415

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Name")
        sheet.write(*cell, "far")
    return content


def test_each_row_says_what_is_wrong_with_it(lume: Shop, offer: Offer) -> None:
    offer.card(name="Bea", email="bea@x.example", phone="+371 2000 0001")
    offer.card(name="Ida", external_id="A-9")
    rows = [
        "Cy;cy@x.example;;;;3;A-1",
        "Cy again;cy@x.example;;;;3;",
        "Same number;;;;;1;A-1",
        "Bea;BEA@x.example;;;;1;",
        "Bea;;00371 20000001;;;1;",
        "Ida;;;;;1;A-9",
        "Di;not an address;;;;;",
        "Di;;12;;;;",
        "Di;;;3/4/1990;;;",
        "Di;;;31.12.2199;;;",
        "Di;;;;Klingon;;",
        "Di;;;;;2,5;",
        "Di;;;;;-1;",
        "Di;;;;;10;",
        "Di;;;;;1;A;more",
        f"{'x' * 101};;;;;;",
        f";;;;;;{'x' * 201}",
        '"Di\nEva";;;;;1;',
        ";;;;;;",
        "",
        "Eva;eva@x.example;+371 2000 0001;24.12.1990;Latviešu;0;A-2",
        "'=Fay;;;1990/12/24;ja-JP;9.0;",
    ]
    import_id = receive(lume, PEOPLE + "\n".join(rows) + "\n")

    checked = check(lume, offer, import_id)

    expected = (
        *(("twice", 3), ("twice", 4), ("there", 5), ("there", 6), ("there", 7), ("email", 8), ("phone", 9)),
        *(("birthday", 10), ("birthday", 11), ("language", 12), ("stamps", 13), ("stamps", 14)),
        *(("too_many_stamps", 15), ("cells", 16), ("name", 17), ("number", 18), ("line_break", 19)),
    )
    assert [tuple(one) for one in checked.first] == [(row, fault) for fault, row in expected]
    assert (checked.good, checked.stamps, checked.bad) == (3, 12, 17)
    job = found(lume, import_id).check_job_id
    assert job
    assert len(list(read_faults(faults_of(lume.merchant.id, import_id, job)))) == 17
    assert Card.objects.count() == 2, "a check writes nothing"


def test_a_row_that_breaks_in_a_quotation_stops_the_import(lume: Shop, offer: Offer) -> None:
    import_id = receive(lume, 'Name;Stamps\nCy;1\nDi "the cook";2\n"Eva;3\nFay;4\n')

    checked = check(lume, offer, import_id)

    assert (checked.good, checked.broken_at) == (2, 4)


def test_what_was_chosen_for_a_heading_is_remembered(lume: Shop, offer: Offer) -> None:
    first = receive(lume, "Gast;Kaffees\nCy;2\n")
    assert found(lume, first).fields == ["", ""]
    check(lume, offer, first, ["name", "stamps"])

    assert found(lume, receive(lume, "Kaffees;Gast;More\n2;Cy;x\n")).fields == ["stamps", "name", ""]


def test_what_we_export_comes_in_again_and_no_name_is_a_formula(lume: Shop, rossi: Shop, offer: Offer) -> None:
    offer.card(name="=1+1", email="cy@x.example", phone="+371 2000 1234", external_id="A-1")
    theirs = rossi.publish()

    bring_in(rossi, theirs, made(lume, "cards"))

    (row,) = Card.objects.filter(merchant=rossi.merchant)
    assert row.external_id == "A-1"


def test_the_words_of_six_languages_are_known_and_of_one_meaning() -> None:
    assert {"vards", "nimi", "ism", "аты", "名前", "e mail", "epasts"} <= {*_KNOWN}
    assert set(_KNOWN.values()) == set(FIELDS)


def test_ids_are_in_the_order_of_rows_and_say_their_row() -> None:
    ids = LineIds(new_id(), now())
    made_ids = [ids.of(row, purpose) for row in (2, 4095, 4096, 1_000_001) for purpose in Purpose]

    assert made_ids == sorted(made_ids)
    assert len({*made_ids}) == len(made_ids)
    assert {one.version for one in made_ids} == {7}
    assert [row_of(one) for one in made_ids[:: len(Purpose)]] == [2, 4095, 4096, 1_000_001]
    assert LineIds(new_id(), now()).of(2, Purpose.CARD) != made_ids[1]
