"""An archive that Stampwell did not write: it reaches nobody but its own shop, and ends in a sentence."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from pytest_django import Settings

from stampwell.brought.models import BroughtSecret
from stampwell.customers.messages_link import who_wants_none
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.moving.form import Part
from stampwell.moving.reading import Archive
from stampwell.moving.trouble import MoveTrouble
from tests.moving.changed import Rows, changed, with_fields
from tests.moving.elsewhere import OTHER_KEY, arrive, forget_shop, write
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Shop

type Change = Callable[[Rows, dict[str, Part]], None]


@pytest.fixture
def archive(lume: Shop, tmp_path: Path, settings: Settings) -> Archive:
    """Of a shop that is not here."""
    card = lume.publish(earning=AT_ONCE).card(name="Cy", email="cy@lume.example")
    give_stamps(card, 6)
    written = write(lume.merchant, tmp_path / "lume")
    forget_shop(lume.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    return written


@pytest.fixture
def victim(rossi: Shop) -> HeldCard:
    """Of another shop here."""
    card = rossi.publish(earning=AT_ONCE).card(name="Rosa", email="rosa@rossi.example")
    give_stamps(card, 6)
    return card


def secrets_of(row_id: UUID, kind: str) -> bytes:
    return msgspec.json.encode({"kind": kind, "id": row_id, "issues": {"0": {"no-messages": "00" * 16}}})


def refused(archive: Archive, folder: Path, change: Change) -> str:
    with pytest.raises(MoveTrouble) as trouble:
        arrive(changed(archive, folder, change))
    assert not Merchant.objects.filter(id=archive.manifest.shop.id, deleting=None).exists()
    return str(trouble.value)


def test_unchanged_it_is_taken(archive: Archive, victim: HeldCard, tmp_path: Path) -> None:
    arrive(changed(archive, tmp_path, lambda rows, told: None))

    assert BroughtSecret.objects.exists()


@pytest.mark.parametrize("kind", ["card", "voucher", "customer"])
def test_no_secret_for_what_another_shop_has(archive: Archive, victim: HeldCard, tmp_path: Path, kind: str) -> None:
    """It would count at once: the link that ends messages is asked for by the customer's id alone."""
    voucher = victim.open_vouchers[0]
    theirs = {"card": victim.id, "voucher": voucher.id, "customer": victim.row.customer_id}[kind]

    said = refused(archive, tmp_path, lambda rows, told: rows["secrets"].append(secrets_of(theirs, kind)))

    assert "ids of another shop" in said
    assert not BroughtSecret.objects.exists()
    assert who_wants_none(victim.row.customer_id.hex + "00" * 16) is None


def test_no_row_with_an_id_that_another_shop_has(archive: Archive, victim: HeldCard, tmp_path: Path) -> None:
    """Links are derived from the id alone, so it would have those of the other one."""
    row_id = str(victim.row.customer_id)

    def add(rows: Rows, told: dict[str, Part]) -> None:
        rows["customer"].append(with_fields(rows["customer"][0], id=row_id, email="", email_hash=None))

    assert "ids of another shop" in refused(archive, tmp_path, add)


def test_no_secret_without_a_row(archive: Archive, tmp_path: Path) -> None:
    said = refused(archive, tmp_path, lambda rows, told: rows["secrets"].append(secrets_of(uuid4(), "card")))

    assert "secrets of nothing" in said


def test_nobody_is_tied_to_an_account_of_here(archive: Archive, rossi: Shop, tmp_path: Path) -> None:
    def tie(rows: Rows, told: dict[str, Part]) -> None:
        told["staff_member"].columns["user_id"] = "uuid"
        rows["staff_member"] = [with_fields(line, user_id=str(rossi.owner.pk)) for line in rows["staff_member"]]

    assert "“user_id” of “staff_member”" in refused(archive, tmp_path, tie)
    assert not StaffMember.objects.filter(merchant_id=archive.manifest.shop.id).exists()


@pytest.mark.parametrize(("part", "column"), [("merchant", "deleting"), ("people", "id"), ("card", "nothing")])
def test_columns_that_are_not_taken(archive: Archive, tmp_path: Path, part: str, column: str) -> None:
    said = refused(archive, tmp_path, lambda rows, told: told[part].columns.update({column: "text"}))

    assert f"“{column}” of “{part}”" in said
