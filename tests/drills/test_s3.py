"""Planned backups in an S3 that is not ours: what arrives is whole, what does not is told, only our own is deleted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from obstore.store import S3Store

from stampwell.backups import last_backup
from stampwell.backups.bucket import open_bucket
from stampwell.backups.configuration import read_plan
from stampwell.backups.opened import check
from stampwell.backups.planned import back_up_by_plan
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now, stopped_at
from tests.backups.places import installation
from tests.drills.s3.store import BUCKET, PYTHON, Store, running_store
from tests.drills.s3.wire import broken_wire

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not PYTHON.exists(), reason="the store of others is not installed: bin/test --drills does it"),
]
PLACE = f"s3://{BUCKET}/lume"
LARGE = 30_000_000  # six parts of an upload


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with running_store() as running:
        yield running


@pytest.fixture(autouse=True)
def _key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, store.settings())


def use(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def large(stream: IO[bytes]) -> None:
    for number in range(LARGE // 10):
        stream.write(b"%09d\n" % number)


def arrived(name: str) -> bytes:
    return bytes(S3Store.from_url(PLACE, client_options={"allow_http": True}).get(name).bytes())


@pytest.mark.django_db(transaction=True)
def test_the_plan_keeps_what_it_shall_and_what_is_not_ours(tmp_path: Path) -> None:
    plan = read_plan({"STAMPWELL_BACKUP_TO": PLACE, "STAMPWELL_BACKUP_KEEP": "2d"})
    bucket, begun = open_bucket(PLACE, tmp_path), now()
    foreign = ["stampwell-ffffffff-20200101T000000Z.tar", "taxes.pdf", "deeper/taxes.pdf"]
    for name in foreign:
        bucket.store(name, lambda stream: stream.write(b"precious"))

    made = []
    for day in range(4):
        with stopped_at(begun + timedelta(days=day)):
            made.append(back_up_by_plan(plan, installation(tmp_path)))

    names = [place.removeprefix(f"{PLACE}/") for place in made]
    assert sorted(bucket.names()) == sorted([*foreign, *names[2:]])
    (tmp_path / "back.tar").write_bytes(arrived(names[3]))
    assert check(tmp_path / "back.tar", []).manifest.tables
    assert last_backup(tmp_path).trouble == ""
    assert list(tmp_path.glob("backup-*")) == []


def test_a_wire_that_breaks_now_and_then_is_asked_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broken_wire(store.port, breaks_after=2_000_000, times=3) as wire:
        use(monkeypatch, store.settings(wire.port))

        size = open_bucket(PLACE, tmp_path).store("broken.tar", large)

        whole = arrived("broken.tar")
        assert (wire.broke, size, len(whole)) == (3, LARGE, LARGE)
    assert whole.splitlines() == [b"%09d" % number for number in range(LARGE // 10)]


def test_a_wire_that_stays_broken_leaves_nothing_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_bucket(PLACE, tmp_path).names()
    with broken_wire(store.port, breaks_after=2_000_000, times=-1) as wire:
        use(monkeypatch, store.settings(wire.port))

        with pytest.raises(BackupTrouble, match="error sending request") as told:
            open_bucket(PLACE, tmp_path).store("lost.tar", large)

        print(f"broken {wire.broke} times; said: {told.value}")
    use(monkeypatch, store.settings())
    assert open_bucket(PLACE, tmp_path).names() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "settings", "said"),
    [
        ("s3://nobodys/lume", {}, "NoSuchBucket"),
        (PLACE, {"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch"),
        (PLACE, {"AWS_ACCESS_KEY_ID": "AKIAWRONGWRONGWRONG1"}, "InvalidAccessKeyId"),
    ],
)
def test_a_wrong_bucket_or_key_is_told(
    place: str, settings: dict[str, str], said: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, settings)
    bucket = open_bucket(place, tmp_path)

    with pytest.raises(BackupTrouble, match=f"The store says {said}: ") as reading:
        bucket.names()
    with pytest.raises(BackupTrouble, match=f"The store says {said}: ") as writing:
        bucket.store("one.tar", large)

    for told in (str(reading.value), str(writing.value)):
        assert "\n" not in told
        assert store.secret not in told
