"""Behind PgBouncer web processes work as ever; all others go to the server itself, and say so where they do not."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import Settings

from stampwell.backups import BackupTrouble
from stampwell.backups.server import require_server_itself
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.database.address import LIMITS, read_pooler_address
from stampwell.database.pooler import connect
from stampwell.ids import public_id
from stampwell.management.distributing import find_trouble
from stampwell.management.pooling import find_wrong_pooler, limit_role
from stampwell.vouchers.models import Redemption
from tests.management.test_checking import check, stampwell
from tests.management.test_serving import serving
from tests.pooler import PROGRAM, WHY_SKIPPED, Pooler, running_pooler
from tests.races.callers import Call, call_all, count_statuses
from tests.serving import database_url
from tests.world import Shop, open_lume

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAM is None, reason=WHY_SKIPPED),
    pytest.mark.machine_clock,
    pytest.mark.django_db(transaction=True),
]

CALLERS = 50
UNLIMITED = dict.fromkeys(LIMITS, "0")


@pytest.fixture
def pooler(transactional_db: None) -> Iterator[Pooler]:
    with running_pooler() as running:
        yield running
    change_role("RESET ALL")


def change_role(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {connection.settings_dict['NAME']} {change}")


def ready_vouchers(shop: Shop, count: int) -> list[UUID]:
    offer = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea"}}])
    cards = [offer.card() for _card in range(count)]
    for card in cards:
        add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
    return [card.open_vouchers[0].id for card in cards]


def redemption_of(voucher_id: UUID) -> Call:
    return Call(f"/vouchers/{public_id('vch', voucher_id)}/redemption", {})


def limits_behind(pooler: Pooler) -> dict[str, str]:
    with closing(connect(read_pooler_address(pooler.url()))) as pooled:
        rows = [pooled.execute("SELECT current_setting(%s)", (limit,)).fetchone() for limit in LIMITS]
        return {limit: row[0] for limit, row in zip(LIMITS, rows, strict=True) if row}


def test_served_through_a_pooler_one_of_fifty_callers_redeems(pooler: Pooler, tmp_path: Path) -> None:
    shop = open_lume()
    key, [wanted, *others] = shop.api_key(), ready_vouchers(shop, 1 + CALLERS)
    with serving(tmp_path, "--no-worker", STAMPWELL_DATABASE_POOLER=pooler.url()) as served:
        served.wait_until("is running")
        url = f"http://127.0.0.1:{served.port}"
        answers = call_all(url, key, [redemption_of(wanted) for _caller in range(CALLERS)])
        all_different = call_all(url, key, [redemption_of(other) for other in others])
        limits = limits_behind(pooler)

    assert count_statuses(answers) == {201: 1, 409: CALLERS - 1}
    assert count_statuses(all_different) == {201: CALLERS}
    assert Redemption.objects.filter(merchant=shop.merchant).count() == 1 + CALLERS
    assert limits == LIMITS
    assert "ERROR" not in served.said


def test_limits_are_those_of_the_role_as_soon_as_the_pooler_has_opened_its_connections_anew(
    pooler: Pooler, settings: Settings
) -> None:
    settings.DATABASE_POOLER_URL = pooler.url()
    assert limits_behind(pooler) == UNLIMITED
    limit_role()
    [told] = find_trouble()

    pooler.open_anew()

    assert "Behind the pooler lock_timeout and statement_timeout are not in force." in told
    assert limits_behind(pooler) == LIMITS
    assert find_trouble() == []


def test_what_an_operator_has_set_for_the_role_stays(pooler: Pooler) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER ROLE CURRENT_USER IN DATABASE {connection.settings_dict['NAME']} SET lock_timeout = '9s'"
        )

    limit_role()

    assert limits_behind(pooler) == {"lock_timeout": "9s", "statement_timeout": "15s"}


def test_a_pooler_that_leads_elsewhere_is_told(pooler: Pooler, settings: Settings) -> None:
    settings.DATABASE_POOLER_URL = pooler.url()
    assert find_wrong_pooler() == ""
    settings.DATABASE_POOLER_URL = urlunsplit(urlsplit(database_url())._replace(path="/postgres"))
    assert "leads to another database than DATABASE_URL" in find_wrong_pooler()
    settings.DATABASE_POOLER_URL = "postgresql://nobody@127.0.0.1:1/none"
    assert "The pooler of STAMPWELL_DATABASE_POOLER cannot be used. It says:" in find_wrong_pooler()


def test_nothing_but_web_processes_goes_through_a_pooler(transactional_db: None, tmp_path: Path) -> None:
    with running_pooler(ignore_startup_parameters="options") as forgiving, running_pooler() as strict:
        found = check(tmp_path, DATABASE_URL=forgiving.url()).stdout
        refused = check(tmp_path, DATABASE_URL=strict.url()).stdout
        place = ("--data", strict.url(), "--file", str(tmp_path / "stampwell.env"))
        asked = stampwell(tmp_path, "setup", "--no-questions", "--address", "http://127.0.0.1:8000", *place)
        upgraded = [stampwell(tmp_path, "upgrade", DATABASE_URL=url) for url in (forgiving.url(), strict.url())]
        with pytest.raises(BackupTrouble, match="leads through a pooler"):
            require_server_itself(forgiving.url())
    require_server_itself(database_url())

    assert "RED   DATABASE_URL leads through a pooler" in found
    assert "A pooler such as PgBouncer answers there. Let DATABASE_URL be the address of the server itself" in refused
    assert [done.returncode for done in upgraded] == [1, 1]
    assert upgraded[0].stderr.startswith("DATABASE_URL leads through a pooler")
    assert "Let DATABASE_URL be the address of the server itself" in upgraded[1].stderr
    assert "Let DATABASE_URL be the address of the server itself" in asked.stderr
    assert not (tmp_path / "stampwell.env").exists()
