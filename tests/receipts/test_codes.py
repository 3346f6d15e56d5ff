"""How a receipt code is written, and what is said of one that is torn, mistyped or made up."""

from pathlib import Path

import pytest

from stampwell.receipts.codes import (
    LENGTH,
    MOST_CODES,
    ReceiptCodeIncomplete,
    ReceiptCodeMistyped,
    UnknownReceiptCode,
    group_signs,
    is_genuine,
    looks_like_code,
    new_number,
    read_code,
    write_code,
)
from stampwell.receipts.making import MOST_IN_BATCH

SECRET, NUMBER = b"0123456789abcdef", 2**40 - 7
QR_ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
CODE = write_code(SECRET, NUMBER, 41)


def test_a_code_fits_on_a_receipt() -> None:
    longest = write_code(SECRET, 2**40 - 1, MOST_CODES - 1)

    assert len(longest) == len(write_code(SECRET, 0, 0)) == LENGTH <= 30
    assert set(longest) <= QR_ALPHANUMERIC
    assert MOST_IN_BATCH <= MOST_CODES


def test_a_code_says_its_batch_and_its_serial() -> None:
    code = read_code(CODE)

    assert (code.number, code.serial) == (NUMBER, 41)
    assert is_genuine(code, SECRET)


def test_a_tag_has_more_than_64_bits() -> None:
    tags = [read_code(write_code(SECRET, NUMBER, serial)).tag for serial in range(2000)]

    assert {len(tag) for tag in tags} == {13}  # of 5 bits
    for place in range(13):
        assert len({tag[place] for tag in tags}) == 32


def test_another_secret_and_another_serial_make_another_tag() -> None:
    code = read_code(CODE)
    other = read_code(write_code(SECRET, NUMBER, 42))

    assert not is_genuine(code, b"another secret!!")
    assert code.tag != other.tag


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        group_signs(CODE),
        f" {CODE}. ",
        "-".join(group_signs(CODE).split()),
        CODE.replace("1", "l").replace("0", "O"),
        f"https://stamps.example/r/cafe-lume/{CODE}",
        f"HTTPS://STAMPS.EXAMPLE/R/CAFE-LUME/{CODE}",
        "".join(chr(ord(sign) + 0xFEE0) for sign in CODE),  # as a Japanese keyboard writes it
    ],
)
def test_a_code_is_read_as_people_write_it(typed: str) -> None:
    assert read_code(typed) == read_code(CODE)


def test_half_a_code_is_told_to_be_incomplete() -> None:
    for length in range(1, LENGTH):
        with pytest.raises(ReceiptCodeIncomplete):
            read_code(CODE[:length])


def test_one_wrong_sign_is_a_slip_of_the_finger() -> None:
    for place in range(1, LENGTH):
        wrong = "7" if CODE[place] != "7" else "8"
        with pytest.raises(ReceiptCodeMistyped):
            read_code(CODE[:place] + wrong + CODE[place + 1 :])


def test_two_signs_that_changed_places_are_noticed() -> None:
    noticed = 0
    pairs = [place for place in range(1, LENGTH - 1) if CODE[place] != CODE[place + 1]]
    for place in pairs:
        changed = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
        try:
            read_code(changed)
        except ReceiptCodeMistyped:
            noticed += 1

    assert noticed == len(pairs)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "FREECOFFEE", "C" + "B" * 32, "SW1:13916564:12345678", "\0", "Ř123", "U" * 27]
)
def test_what_is_no_receipt_code_is_unknown(text: str) -> None:
    with pytest.raises(UnknownReceiptCode) as refused:
        read_code(text)

    assert type(refused.value) is UnknownReceiptCode
    assert not looks_like_code(text)


def test_the_beginning_of_a_code_looks_like_one() -> None:
    assert looks_like_code(CODE)
    assert looks_like_code(CODE[:14])
    assert looks_like_code(f"https://stamps.example/r/cafe-lume/{CODE}")
    assert not looks_like_code("13916564")


def test_numbers_of_batches_are_random() -> None:
    assert len({new_number() for _batch in range(1000)}) == 1000


def test_the_page_about_the_rules_says_how_long_a_code_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rules" / "receipts.md").read_text()

    assert f"{LENGTH} letters and digits" in page
