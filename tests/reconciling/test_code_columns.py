"""Which column holds the codes: where no heading says so, the shop's own codes do."""

import pytest

from stampwell.clock import now
from stampwell.reconciling import code_columns
from stampwell.redeem_codes.formats import LONGEST_CODE
from tests.reconciling.working import RIGA, ask, coffee_shop, found_of, hand_in
from tests.redeem_codes.working import CODES, lay_in, pool_of
from tests.world import Shop

pytestmark = pytest.mark.django_db


def report(heading: str, *codes: str, title: str = "Piezīme") -> str:
    day = f"{now().astimezone(RIGA):%Y-%m-%d}"
    lines = [f"{day};10:{number:02};{code};3,50;note {number}" for number, code in enumerate(codes)]
    return "\n".join([f"Datums;Laiks;{heading};Atlaides summa;{title}", *lines, ""])


def columns(shop: Shop, content: str) -> list[str]:
    return found_of(shop, hand_in(shop, content)).chosen.columns


@pytest.mark.parametrize("written", [CODES[0], CODES[1].lower(), "FREECOFFEE", "freecoffee"])
def test_the_column_with_the_shops_own_codes_is_the_one_with_codes(lume: Shop, written: str) -> None:
    coffee_shop(lume)
    lay_in(lume, pool_of(lume))

    assert columns(lume, report("Kupona nr.", "STAFF20", written)) == ["day", "time", "code", "amount", ""]


def test_a_column_in_which_no_code_of_the_shop_stands_is_not_guessed(lume: Shop, rossi: Shop) -> None:
    coffee_shop(rossi)
    lay_in(rossi, pool_of(rossi))

    assert columns(lume, report("Kupona nr.", "FREECOFFEE", *CODES)) == ["day", "time", "", "amount", ""]


def test_a_heading_whose_column_has_other_codes_gives_way(lume: Shop) -> None:
    lay_in(lume, pool_of(lume))

    assert columns(lume, report("Kupona nr.", *CODES, title="Akcija")) == ["day", "time", "code", "amount", ""]
    assert columns(lume, report("Kods", "STAFF20", CODES[0])) == ["day", "time", "code", "amount", ""]


def test_what_the_shop_has_said_of_a_heading_is_not_guessed_anew(lume: Shop) -> None:
    coffee_shop(lume)
    content = report("Kupona nr.", "FREECOFFEE")
    ask(lume, hand_in(lume, content), columns=["day", "time", "", "amount", "code"])

    assert columns(lume, content) == ["day", "time", "", "amount", "code"]


def test_a_column_is_read_as_far_as_it_may_tell_something_and_no_long_cell_of_it(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def read_cell(cell: str) -> str:
        read.append(cell)
        return cell

    monkeypatch.setattr(code_columns, "plain_code", read_cell)
    monkeypatch.setattr(code_columns, "DIFFERENT", 2)
    long = "x" * (2 * LONGEST_CODE + 1)

    columns(lume, report("Kupona nr.", long, "STAFF20", "STAFF30", "STAFF40"))

    assert [cell for cell in read if not cell.startswith("note")] == ["STAFF20", "STAFF30"]
