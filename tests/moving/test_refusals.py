"""What keeps a shop from coming: said before anything is written; and what was cut off goes on or is taken away."""

from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.backups.age import SecretKey
from stampwell.backups.trouble import BackupTrouble
from stampwell.brought.models import BroughtSecret
from stampwell.cards.links import card_token
from stampwell.cards.models import Card
from stampwell.clock import now
from stampwell.merchants.access import find_merchant
from stampwell.merchants.founding import slug_hash
from stampwell.merchants.models import DeletedShop, Merchant, MerchantSlug
from stampwell.moving import arriving, inserting
from stampwell.moving.arriving import discard, find_arriving, show
from stampwell.moving.models import ArrivingShop
from stampwell.moving.reading import Archive, check
from stampwell.moving.trouble import MoveTrouble
from stampwell.removal.deleting import sweep_after_deletions
from tests.moving.elsewhere import ANOTHER_KEY, OTHER_KEY, OURS, arrive, forget_shop, write
from tests.world import Shop


class Killed(BaseException):
    pass


@pytest.fixture
def archive(lume: Shop, tmp_path: Path, settings: Settings) -> Archive:
    """Of a shop that is not here."""
    lume.publish().card(name="Cy")
    written = write(lume.merchant, tmp_path / "lume")
    forget_shop(lume.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    return written


def nothing_is_there(archive: Archive) -> bool:
    tables = (ArrivingShop, BroughtSecret, Merchant.objects.filter(id=archive.manifest.shop.id).model)
    return not any(table.objects.exists() for table in tables)


def test_a_shop_does_not_come_twice(archive: Archive) -> None:
    arrive(archive)
    show(archive.manifest.shop.id, stays_closed=False)

    with pytest.raises(MoveTrouble, match="is here already"):
        arrive(archive)


def test_a_name_that_is_taken(archive: Archive) -> None:
    MerchantSlug.objects.create(slug=archive.manifest.shop.slug, merchant_id="0" * 32)

    with pytest.raises(MoveTrouble, match="Another shop has the name"):
        arrive(archive)

    assert nothing_is_there(archive)


def test_what_does_not_open_it(archive: Archive) -> None:
    with pytest.raises(BackupTrouble, match="does not open with this passphrase"):
        check(archive.file, [SecretKey(ANOTHER_KEY)])


@pytest.mark.parametrize("place", [0.2, 0.7, 0.99])
def test_a_broken_archive(archive: Archive, place: float) -> None:
    content = bytearray(archive.file.read_bytes())
    content[int(len(content) * place)] ^= 1
    archive.file.write_bytes(content)

    with pytest.raises(BackupTrouble):
        check(archive.file, [OURS])


def test_an_archive_that_is_cut_off(archive: Archive) -> None:
    content = archive.file.read_bytes()
    archive.file.write_bytes(content[:-200])

    with pytest.raises(BackupTrouble):
        check(archive.file, [OURS])


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG")

    with pytest.raises(MoveTrouble, match="no archive of a shop"):
        check(tmp_path / "picture", [OURS])


def test_a_newer_form_of_the_tables(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "known_migrations", lambda: ["0001_initial"])

    with pytest.raises(MoveTrouble, match="newer Stampwell"):
        arrive(archive)

    assert nothing_is_there(archive)


def test_killed_after_each_member_it_goes_on(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is hidden until all is there."""
    insert, left = inserting.insert, 1

    def insert_one(*told: object) -> None:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        insert(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(arriving, "insert", insert_one)
    kills = 0
    while True:
        try:
            arrive(archive)
        except Killed:
            kills, left = kills + 1, 1
            assert find_merchant(archive.manifest.shop.slug) is None
        else:
            break

    show(archive.manifest.shop.id, stays_closed=False)
    card = Card.objects.get()
    assert kills == len(archive.manifest.members) - 2  # the first is no row, and after the last nothing is left
    assert find_merchant(archive.manifest.shop.slug) is not None
    assert card.issue == -1
    assert card_token(card.id, card.issue)


def test_what_was_begun_can_be_taken_away(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(archive)

    discard(find_arriving(archive.manifest.shop.slug))

    assert nothing_is_there(archive)
    assert not MerchantSlug.objects.filter(slug=archive.manifest.shop.slug).exists()
    arrive(archive)


def test_only_what_is_being_read_in_is_taken_away(archive: Archive) -> None:
    arrive(archive)
    show(archive.manifest.shop.id, stays_closed=False)

    with pytest.raises(MoveTrouble, match="is being read in"):
        discard(find_arriving(archive.manifest.shop.slug))


def test_the_name_of_a_deleted_shop_stays_its_own_until_it_is_back(archive: Archive) -> None:
    shop = archive.manifest.shop
    DeletedShop.objects.create(id=shop.id, slug_hash=slug_hash(shop.slug), deleted=now(), rows=1)

    arrive(archive)
    sweep_after_deletions()
    assert Card.objects.exists()
    discard(find_arriving(shop.slug))
    assert DeletedShop.objects.exists()

    arrive(archive)
    show(shop.id, stays_closed=False)
    assert not DeletedShop.objects.exists()
