"""What can be exported, how long it is kept, and that nothing is left of it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from stampwell.backups.files import kept_files
from stampwell.clock import now, stopped_at
from stampwell.exports.asking import (
    KEPT,
    MOST_OPEN,
    ExportUnclear,
    TooManyExports,
    find_export,
    find_file,
    list_exports,
)
from stampwell.exports.clearing import LEFT_ALONE, forget_old_exports
from stampwell.exports.files import forget_files_of
from stampwell.exports.models import Export
from stampwell.exports.rows import Subject
from stampwell.refusal import NotFound
from tests.exports.working import ask, work
from tests.world import Shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("cards", {"show": "nonsense"}),
        ("cards", {"show": "tag"}),
        ("cards", {"show": "tag", "tag": "x"}),
        ("cards", {"show": "new", "tag": "tag_" + "0" * 32}),
        ("cards", {"sort": "newest"}),
        ("cards", {"show": "to-go"}),
        ("cards", {"show": "new", "to_go": "3"}),
        ("journal", {"reason": "nonsense"}),
        ("journal", {"hour": "24"}),
        ("journal", {"weekday": "x"}),
        ("cards", {"show": "ready", "q": "Cy"}),
        ("cards", {"q": "x" * 101}),
        ("journal", {"kind": "nonsense"}),
        ("journal", {"person": "nobody"}),
        ("journal", {"from": "2026-02-30"}),
        ("journal", {"from": "2026-03-02", "to": "2026-03-01"}),
        ("vouchers", {"show": "ready"}),
        ("days", {"from": "yesterday"}),
    ],
)
def test_what_is_not_clear_is_not_taken_for_everything(lume: Shop, subject: Subject, wanted: dict[str, str]) -> None:
    with pytest.raises(ExportUnclear):
        ask(lume, subject, wanted=wanted)
    assert not Export.objects.exists()


def test_so_many_at_a_time_and_no_more(lume: Shop, rossi: Shop) -> None:
    exports = [ask(lume, "days") for _time in range(MOST_OPEN)]

    with pytest.raises(TooManyExports):
        ask(lume, "days")
    ask(rossi, "days")
    work(exports[0])
    ask(lume, "days")


def test_a_day_later_the_file_is_gone_and_was_over_before(lume: Shop, data_folder: Path) -> None:
    export = ask(lume, "days")
    work(export)
    (file,) = data_folder.rglob("*.csv")

    with stopped_at(now() + KEPT):
        with pytest.raises(NotFound):
            find_export(lume.merchant.id, export.id)
        assert list_exports(lume.merchant.id) == []
    with stopped_at(now() + KEPT + timedelta(hours=1)):
        os.utime(file, (now().timestamp() - KEPT.total_seconds() - 1,) * 2)
        forget_old_exports()

    assert not file.exists()
    assert not Export.objects.exists()


def test_one_that_is_still_good_stays_and_so_does_what_is_being_written(lume: Shop, data_folder: Path) -> None:
    export = ask(lume, "days")
    work(export)
    (file,) = data_folder.rglob("*.csv")
    unfinished = file.with_name(".beside")
    unfinished.mkdir()
    os.utime(file, (now().timestamp(),) * 2)
    os.utime(unfinished, (now().timestamp() - KEPT.total_seconds(),) * 2)

    forget_old_exports()

    assert file.exists()
    assert unfinished.exists()
    os.utime(unfinished, (now().timestamp() - LEFT_ALONE.total_seconds() - 1,) * 2)
    forget_old_exports()
    assert not unfinished.exists()
    assert find_file(lume.merchant.id, find_export(lume.merchant.id, export.id)) == file


def test_what_goes_away_meanwhile_keeps_nothing_from_being_cleared(
    lume: Shop, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is being written gets another name, and what is put together beside it goes when it is done."""
    work(ask(lume, "days"))
    (file,) = data_folder.rglob("*.csv")
    os.utime(file, (now().timestamp() - KEPT.total_seconds() - 1,) * 2)
    renamed = file.with_name(".being-written")
    listed = [renamed, file]
    monkeypatch.setattr(Path, "glob", lambda _folder, _pattern: iter(listed))

    forget_old_exports()

    assert not file.exists()


def test_files_are_for_their_owner_alone_and_in_no_backup(lume: Shop, data_folder: Path) -> None:
    work(ask(lume, "days"))
    (file,) = data_folder.rglob("*.csv")

    assert file.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (file.parent, file.parent.parent)} == {0o700}
    assert list(kept_files(data_folder)) == []


def test_with_a_shop_go_its_files_and_no_others(lume: Shop, rossi: Shop, data_folder: Path) -> None:
    work(ask(lume, "days"))
    work(ask(rossi, "days"))

    forget_files_of(lume.merchant.id)

    assert [file.parent.name for file in data_folder.rglob("*.csv")] == [rossi.merchant.id.hex]
