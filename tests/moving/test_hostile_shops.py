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
from stampwell.moving.arriving import discard, find_arriving
from stampwell.moving.form import Part
from stampwell.moving.reading import Archive, check
from stampwell.moving.trouble import MoveTrouble
from tests.moving.changed import Rows, changed, with_fields
from tests.moving.elsewhere import OTHER_KEY, OURS, arrive, forget_shop, write
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


def set_first(part: str, **fields: object) -> Change:
    def change(rows: Rows, told: dict[str, Part]) -> None:
        rows[part][0] = with_fields(rows[part][0], **fields)

    return change


def set_line(part: str, line: bytes) -> Change:
    return lambda rows, told: rows[part].__setitem__(0, line)


def drop_columns(rows: Rows, told: dict[str, Part]) -> None:
    told["customer"].columns.clear()


def same_twice(rows: Rows, told: dict[str, Part]) -> None:
    rows["customer"].append(rows["customer"][0])


def no_shop(rows: Rows, told: dict[str, Part]) -> None:
    """And nothing that names one."""
    for part in [*rows]:
        del rows[part]


UNFIT: dict[str, Change] = {
    "NUL": set_first("customer", name="Cy\0"),
    "a raw NUL": set_line("customer", b'{"name": "\0"}'),
    "half of a letter": set_line("customer", b'{"name": "\\ud800"}'),
    "no UTF-8": set_line("customer", b'{"name": "\xff"}'),
    "no JSON": set_line("customer", b"Cy"),
    "no object": set_line("customer", b"[1]"),
    "another type": set_first("customer", created="Cy"),
    "a null": set_first("customer", id=None),
    "a row without columns": drop_columns,
    "a key twice": same_twice,
    "what is too long": set_first("customer", locale="x" * 5000),
    "a card of nobody": set_first("card", customer_id=str(UUID(int=1))),
    "an event without data": set_line("event", b"{}"),
    "a secret of no kind": set_line("secrets", b'{"kind": "key"}'),
    "a secret that is none": set_first("secrets", issues={"0": {"card-link": "Cy"}}),
    "an issue beyond all": set_first("secrets", issues={"9" * 40: {}}),
    "a depth without end": set_line("event", b'{"data": ' + b"[" * 100_000),
    "somebody without an address": set_line("people", b"{}"),
    "somebody else": set_first("people", staff_member_id=str(UUID(int=1))),
    "no shop": no_shop,
}


def test_unfit_rows_end_in_a_sentence(archive: Archive, tmp_path: Path) -> None:
    for what, change in UNFIT.items():
        folder = tmp_path / what
        folder.mkdir()
        with pytest.raises(MoveTrouble) as trouble:
            arrive(changed(fresh(archive), folder, change))
        assert trouble.value.__suppress_context__ or trouble.value.__context__ is None, what
        assert "Cy" not in str(trouble.value), what
        discard(find_arriving(archive.manifest.shop.slug))


def fresh(archive: Archive) -> Archive:
    """Each change begins with what was written."""
    return check(archive.file, [OURS])
