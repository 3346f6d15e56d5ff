"""What is a code and what is damage: nothing is guessed, and nothing is repaired silently."""

import pytest

from stampwell.redeem_codes.cells import Survey, survey
from stampwell.redeem_codes.headings import Column, find_column, guess_column
from stampwell.redeem_codes.refusals import CodeColumnUnclear
from stampwell.sheets.faults import read_faults
from stampwell.sheets.files import faults_of
from tests.imports.working import book_of
from tests.redeem_codes.working import CODES, check, file_of, found, pool_of, receive
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "heading",
    [
        "Code",
        "COUPON CODE",
        "Kupona kods",
        "Kupongi kood",
        "Triipkood",
        "Ribakood",
        "Kupon kodi",
        "Купон коды",
        "クーポンコード",
    ],
)
def test_the_column_is_found_by_its_heading_in_every_language(heading: str) -> None:
    assert guess_column(["Name", heading, "Price"]) == Column(1, has_heading=True)


def test_a_column_that_nobody_names_is_never_guessed() -> None:
    for headings in (["Name", "Price"], ["Code", "Coupon"], ["KA7F-2PLM"]):
        with pytest.raises(CodeColumnUnclear):
            find_column(headings)


def test_a_column_is_named_by_heading_or_number() -> None:
    assert find_column(["Name", "Ticket"], named="ticket") == Column(1, has_heading=True)
    assert find_column(["Name", "Ticket"], named="2") == Column(1, has_heading=True)
    assert find_column(["A1", "KA7F-2PLM"], named="2", first_row="code") == Column(1, has_heading=False)
    assert find_column(["KA7F-2PLM"], first_row="code") == Column(0, has_heading=False)
    assert find_column(["Whatever"], first_row="heading") == Column(0, has_heading=True)
    for named in ("3", "0", "Price", "²"):
        with pytest.raises(CodeColumnUnclear):
            find_column(["Name", "Ticket"], named=named)


def faults(lume: Shop, code_format: str, codes: list[str], **more: str) -> list[tuple[int, str]]:
    pool = pool_of(lume, code_format=code_format, **more)
    batch_id = receive(lume, pool, file_of(codes))
    check(lume, pool, batch_id)
    one = found(lume, pool, batch_id)
    assert one.check_job_id is not None
    return list(read_faults(faults_of(lume.merchant.id, batch_id, one.check_job_id)))


def test_each_row_says_what_is_wrong_with_it(lume: Shop) -> None:
    wrong = ["", "A\tB", "X" * 25, '"1,23457E+12"', "4006381333931.0", "KÄFFE", "KA7F-2PLM", "KB9X-4TQW"]

    assert faults(lume, "code128", ["KA7F-2PLM", *wrong, "KB9X-4TQW"]) == [
        (3, "blank"),
        (4, "characters"),
        (5, "too_long"),
        (6, "number"),
        (7, "number"),
        (8, "characters"),
        (9, "twice"),
        (11, "twice"),
    ]


def test_a_code_that_would_be_two_in_the_report_of_a_till_is_refused(lume: Shop) -> None:
    wrong = ['"KA7F,2PLM"', '"KA7F;2PLM"', "KA7F|2PLM", '"KA7F\n2PLM"']

    assert faults(lume, "code128", ["KA7F-2PLM", *wrong, "KB9X-4TQW"]) == [
        (3, "separator"),
        (4, "separator"),
        (5, "separator"),
        (6, "line_break"),
    ]


def test_digits_of_an_article_barcode_are_checked(lume: Shop) -> None:
    codes = ["4006381333931", "4006381333932", "400638133393", "40063813339311", "12345670", "400638133393X"]

    assert faults(lume, "ean13", codes) == [
        (3, "check_digit"),
        (4, "length"),
        (5, "length"),
        (6, "zeros"),
        (7, "characters"),
    ]
    assert faults(lume, "upca", ["036000291452", "36000291452"]) == [(3, "zeros")]


def test_lost_zeros_are_noticed_where_nearly_all_codes_have_more_digits(lume: Shop) -> None:
    whole = [str(number) for number in range(10_000_000, 10_000_009)]

    assert faults(lume, "code128", [*whole, "1234567"]) == [(11, "zeros")]


def test_numbers_that_are_counted_up_have_lost_nothing() -> None:
    counted = [str(number) for number in range(1, 1000)]
    mixed = ["12345678", "1234567", "K2345678"]

    assert survey(counted) == Survey()
    assert survey(mixed) == Survey()
    assert survey(["12345678", "1234567"]) == Survey(), "half of them is no accident"


def test_long_numbers_that_all_end_in_zeros_were_rounded(lume: Shop) -> None:
    assert faults(lume, "code128", ["1234567890123450", "2234567890123450"]) == [(2, "rounded"), (3, "rounded")]
    assert faults(lume, "code128", ["1234567890123450", "2234567890123451"]) == []


def test_what_the_barcode_holds_is_judged_as_it_will_be_drawn(lume: Shop) -> None:
    template = "https://lume.example/discount/{code}"

    assert faults(lume, "qr", ["SAVE10", "X" * 130], barcode_template=template) == [(3, "too_long")]
    assert faults(lume, "text", ["SAVE10", "X" * 41]) == [(3, "too_long")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Code;Price\nKA7F-2PLM;1\nKB9X-4TQW;2\n", "utf-8-sig"),
        ("Code\tPrice\nKA7F-2PLM\t1\nKB9X-4TQW\t2\n", "utf-16"),
        ('"Code","Price"\n"KA7F-2PLM\u00a0","1"\n" KB9X-4TQW","2"\n', "utf-8"),
    ],
    ids=["mark and semicolons", "UTF-16 and tabs", "quotes and blanks"],
)
def test_codes_are_read_as_they_were_written(lume: Shop, text: str, encoding: str) -> None:
    pool = pool_of(lume)

    assert check(lume, pool, receive(lume, pool, text.encode(encoding))).good == 2


def test_a_workbook_is_read_like_its_rows_and_its_numbers_are_what_they_say(lume: Shop) -> None:
    pool = pool_of(lume)
    looked = check(lume, pool, receive(lume, pool, book_of(["Code"], ["KA7F-2PLM"], [4006381333931], [1.5])))

    assert (looked.good, looked.faults, looked.shortest, looked.longest) == (3, {}, 3, 13)


def test_a_file_that_cannot_be_read_to_its_end_adds_nothing(lume: Shop) -> None:
    pool = pool_of(lume)
    looked = check(lume, pool, receive(lume, pool, 'Code\nKA7F-2PLM\n"KB9X\n'))

    assert (looked.broken_at, looked.can_be_written) == (3, False)


def test_a_first_row_that_is_a_code_is_one(lume: Shop) -> None:
    pool = pool_of(lume)
    looked = check(lume, pool, receive(lume, pool, "\n".join(CODES)), place=0, has_heading=False)

    assert looked.good == 3
