"""A "no" at the desk says what its reader can do, and has a way back."""

import pytest

from stampwell.merchants.models import StaffMember
from stampwell.programs.pausing import pause_program
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard, Shop


@pytest.mark.django_db
def test_an_owner_reads_what_an_owner_can_do_and_a_cashier_whom_to_ask(
    desk: DeskClient, lume: Shop, card: HeldCard
) -> None:
    pause_program(lume.merchant, card.row.program_id, stamping=True, actor=lume.actor)
    cashier = sign_up_staff(lume, StaffMember.Role.CASHIER)

    owners, cashiers = (words(one.send(f"{page_of(card)}stamps/", count="1")) for one in (desk, cashier))

    assert "You can continue it: open the program and choose “Pause or end”." in owners
    assert "Ask a manager" not in owners
    assert "Ask a manager when stamps are given again." in cashiers


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/cards/crd_x/", "/programs/prg_x/", "/team/people/stf_x/", "/nowhere"])
def test_what_is_not_found_at_the_desk_has_a_way_back(desk: DeskClient, path: str) -> None:
    answer = desk.open(path)

    assert answer.status_code == 404
    assert 'href="/">Go to the start page</a>' in answer.content.decode()
