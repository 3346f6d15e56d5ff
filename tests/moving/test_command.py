"""`stampwell shop export` and `import`, as whoever runs the two servers types them."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from stampwell.backups.trouble import BackupTrouble
from stampwell.cards.links import card_token
from stampwell.cards.models import Card
from stampwell.management.settling import require_fitting_key
from stampwell.merchants.closing import close_shop
from stampwell.merchants.hiring import accept_invitation
from stampwell.merchants.models import Merchant, StaffMember
from tests.moving.elsewhere import OTHER_KEY, forget_shop
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = StringIO()
    call_command("shop", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def shop() -> Shop:
    return open_lume()


def test_a_shop_moves(shop: Shop, tmp_path: Path, settings: Settings, client: Client) -> None:
    slug, card = shop.merchant.slug, shop.publish().card(name="Cy")
    link = f"/c/{slug}/{card_token(card.id, 0)}"
    (tmp_path / "passphrase").write_text("ten stamps make a coffee")
    told = (str(tmp_path / "lume.shop"), "--passphrase-file", str(tmp_path / "passphrase"))
    assert "The shop is open, and what happens there" in run("export", slug, *told)
    with pytest.raises(CommandError, match="There is a"):
        run("export", slug, *told)
    (tmp_path / "lume.shop").unlink()
    close_shop(shop.merchant.id)
    assert "The shop is open" not in run("export", slug, *told)
    forget_shop(shop.merchant)
    settings.TOKEN_KEY = OTHER_KEY

    said = run("import", *told)

    assert "Café Lume is here." in said
    assert client.get(link).status_code == 200
    assert Merchant.objects.get().closed is None
    assert owner_by(said, shop) == StaffMember.objects.get(id=shop.ada.id)
    with pytest.raises(CommandError, match="is here already"):
        run("import", *told)
    require_fitting_key()
    settings.TOKEN_KEY = b"a third key, which opens nothing"
    assert Card.objects.get().issue == -1
    with pytest.raises(BackupTrouble, match="does not open its cards"):
        require_fitting_key()


def owner_by(said: str, shop: Shop) -> StaffMember:
    """Who signs in by the link that was told."""
    found = re.search(rf"{shop.owner.email}  (\S+)", said)
    assert found, said
    secret = found[1].rstrip("/").rpartition("/")[2]
    return accept_invitation(shop.merchant, secret, shop.owner, addresses=[shop.owner.email])
