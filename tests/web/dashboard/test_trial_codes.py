"""The page to print and to scan at the till before a customer comes."""

import re

import pytest

from stampwell.ids import public_id
from tests.redeem_codes.working import pool_of
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop

pytestmark = pytest.mark.django_db


def published(desk: DeskClient, **changes: str) -> str:
    answer = desk.publish(**changes)
    assert answer.status_code == 302, words(answer)
    return answer.headers["Location"]


def test_a_code_is_drawn_in_its_real_size_and_in_the_formats_that_can_hold_it(desk: DeskClient) -> None:
    program = published(desk)
    assert f'href="{program}test-print/"' in desk.open(program).content.decode()

    page = desk.open(f"{program}test-print/")

    said = words(page)
    assert "FREECOFFEE QR The same code in other formats" in said
    assert [name for name in ("Code 128", "Code 39", "Data Matrix", "EAN-13") if name in said] == [
        "Code 128",
        "Code 39",
        "Data Matrix",
    ]
    sizes = re.findall(r'viewBox="0 0 (\d+) \d+" width="([\d.]+)mm"', page.content.decode())
    assert [round(float(width) / int(modules), 2) for modules, width in sizes] == [0.5, 0.33, 0.33, 0.5]


def test_a_text_is_typed(desk: DeskClient) -> None:
    program = published(desk, **{"goal-reward-code": "GRATIS-KĀPĒC", "goal-reward-code_format": "text"})

    said = words(desk.open(f"{program}test-print/"))

    assert "GRATIS-KĀPĒC Customers show this code as text: type it at the till." in said
    assert "other formats" not in said
    assert "the till has to take it again, because all customers show the same code" in said


def test_no_code_of_a_list_is_printed(desk: DeskClient, lume: Shop) -> None:
    pool = public_id("cdp", pool_of(lume).id)
    program = published(desk, **{"goal-reward-pool": pool, "goal-reward-code": "", "goal-reward-code_format": ""})

    page = desk.open(f"{program}test-print/")

    assert "none is printed here" in words(page)
    assert "a second time" not in words(page)
    assert f'href="/redeem-codes/{pool}/format/"' in page.content.decode()
    assert b'mm"' not in page.content


def test_a_program_without_codes_has_no_test_print(desk: DeskClient) -> None:
    program = published(desk, **{"goal-reward-path": "staff_scan"})

    assert "test-print" not in desk.open(program).content.decode()
    assert "No reward of this program has a code for the till." in words(desk.open(f"{program}test-print/"))
