"""How the installation is, at one look."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from stampwell.backups.record import note_failure, note_success
from stampwell.clock import stopped_at
from stampwell.merchants.models import User
from stampwell.watch.figures import take_figures
from stampwell.watch.heartbeat import beat
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop


@pytest.fixture(autouse=True)
def _no_backup_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)


def test_before_the_worker_has_run_the_page_says_so(operator: DeskClient) -> None:
    page = words(operator.open("/operator/"))

    assert "The worker stands still" in page
    assert "The worker has not measured anything yet" in page
    assert "none known" in page


def test_when_all_is_well_nothing_is_wrong(operator: DeskClient, tmp_path: Path) -> None:
    beat()
    take_figures()
    note_success(tmp_path, place="/backups", size=3_400_000_000)

    page = words(operator.open("/operator/"))

    assert "Nothing that we know of." in page
    assert "3.4 GB" in page
    assert "The worker stands still" not in page


def test_what_is_wrong_is_told_as_in_the_mail(operator: DeskClient, tmp_path: Path) -> None:
    beat()
    note_success(tmp_path, place="/backups", size=1)
    with stopped_at(START + timedelta(days=9)):
        note_failure(tmp_path, "No space left")
        beat()
        take_figures()

        page = words(operator.open("/operator/"))

    assert "The backup is too old" in page
    assert "No space left" in page


def test_whoever_signs_in_and_has_no_shop_comes_here(operator: DeskClient) -> None:
    assert operator.open("/").headers["Location"] == "/operator/"


def test_an_owner_who_runs_the_server_finds_the_way_from_the_settings(lume: Shop, nils: User) -> None:
    way = '<a href="/operator/">'
    assert way not in DeskClient(lume.owner).open("/settings/").content.decode()

    User.objects.filter(id=lume.owner.id).update(operates=True)

    assert way in DeskClient(lume.owner).open("/settings/").content.decode()
