"""A code that says its receipt itself: whatever it says is read again, and nothing of it can be changed."""

from random import Random

import pytest

from stampwell.clock import new_id
from stampwell.programs.limits import MOST_MONEY
from stampwell.receipts.codes import (
    LENGTH,
    Code,
    ReceiptCodeIncomplete,
    ReceiptCodeMistyped,
    code_with,
    is_genuine,
    looks_like_code,
    read_code,
)
from stampwell.receipts.series_codes import (
    MOST_IN_SERIES,
    NUMBER_BITS,
    CountedReceipt,
    Place,
    count_receipt,
    id_at,
    is_code_at,
    place_in_code,
    place_in_id,
    write_code_at,
)

SECRET, OTHER = b"0123456789abcdef", b"another secret!!"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LAST = Place(2**NUMBER_BITS - 1, MOST_IN_SERIES - 1, 24 * 60 - 1, MOST_MONEY)
PLACE = Place(77, 123, 60, 1250)


def places() -> list[Place]:
    """Each worth, end and serial at its ends and between them."""
    draw = Random(11)
    chosen = [Place(0, 0), LAST, PLACE]
    for amount in (0, 1, 2**20, MOST_MONEY):
        for minutes in (0, 1, 24 * 60 - 1):
            chosen += [Place(draw.randrange(2**NUMBER_BITS), serial, minutes, amount) for serial in (0, 1, 999)]
    return chosen + [
        Place(
            draw.randrange(2**NUMBER_BITS),
            draw.randrange(MOST_IN_SERIES),
            draw.randrange(24 * 60),
            draw.randrange(MOST_MONEY + 1),
        )
        for _any in range(2000)
    ]


def test_whatever_a_code_says_is_read_again() -> None:
    for place in places():
        code = write_code_at(place, SECRET)
        read = read_code(code)

        assert len(code) == LENGTH
        assert looks_like_code(code)
        assert place_in_code(read) == place
        assert is_code_at(read, place, SECRET)
        assert place_in_id(id_at(place, SECRET)) == place


def test_every_receipt_of_a_series_has_a_code_of_its_own() -> None:
    codes = {write_code_at(Place(7, serial), SECRET) for serial in range(MOST_IN_SERIES)}
    ids = {id_at(Place(7, serial), SECRET) for serial in range(MOST_IN_SERIES)}

    assert len(codes) == len(ids) == MOST_IN_SERIES


def test_a_changed_code_is_not_genuine_though_its_check_sign_fits() -> None:
    letters = read_code(write_code_at(PLACE, SECRET)).letters
    for at in range(len(letters)):
        for letter in LETTERS:
            if letter != letters[at]:
                changed = read_code(code_with(letters[:at] + letter + letters[at + 1 :]))
                assert not is_code_at(changed, place_in_code(changed), SECRET)


def test_another_secret_makes_another_code_and_another_id() -> None:
    code = read_code(write_code_at(PLACE, SECRET))

    assert not is_code_at(code, PLACE, OTHER)
    assert id_at(PLACE, SECRET) != id_at(PLACE, OTHER)


def test_an_id_tells_nothing_of_the_tag_of_its_code() -> None:
    """Whoever may read figures sees ids, and no codes."""
    tags = {read_code(write_code_at(place, SECRET)).letters[-10:] for place in places()[:200]}
    ids = {id_at(place, SECRET).int & 2**50 - 1 for place in places()[:200]}

    assert not {sum(LETTERS.index(sign) << 5 * place for place, sign in enumerate(reversed(tag))) for tag in tags} & ids


def test_half_a_code_and_a_slip_are_told_as_with_any_other() -> None:
    code = write_code_at(PLACE, SECRET)

    for length in range(1, LENGTH):
        with pytest.raises(ReceiptCodeIncomplete):
            read_code(code[:length])
    for place in range(1, LENGTH):
        with pytest.raises(ReceiptCodeMistyped):
            read_code(code[:place] + ("7" if code[place] != "7" else "8") + code[place + 1 :])


def test_no_code_of_a_series_is_one_of_a_batch_with_its_secret() -> None:
    code: Code = read_code(write_code_at(Place(7, 0), SECRET))

    assert not is_genuine(code, SECRET)


@pytest.mark.parametrize(
    ("receipt", "parts"),
    [
        ("2026-000124", CountedReceipt("2026-000", 3, 124)),
        ("7", CountedReceipt("", 1, 7)),
        ("07", CountedReceipt("", 2, 7)),
        ("1000", CountedReceipt("1", 3, 0)),
        ("A\n12", CountedReceipt("A\n", 2, 12)),
        ("12A", None),
        ("R-٣", None),  # digits of another script are no digits of ours
    ],
)
def test_a_number_that_counts_up_is_taken_apart_and_put_together(receipt: str, parts: CountedReceipt | None) -> None:
    assert count_receipt(receipt) == parts
    if parts:
        assert f"{parts.begins}{parts.serial:0{parts.digits}}" == receipt


def test_the_id_of_any_other_batch_has_no_place() -> None:
    assert place_in_id(new_id()) is None
