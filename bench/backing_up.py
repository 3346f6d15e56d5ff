"""A backup and a restore of a large shop, against PostgreSQL's own programs alone, with neither keys nor checks."""

import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from bench.figures import LIMITS, Figure
from bench.growing import fill_one_shop
from bench.serving import come_to_rest, fresh_database, program
from stampwell.backups.loading import load
from stampwell.backups.making import Installation, make_backup
from stampwell.backups.opened import check, database_parts
from stampwell.backups.place import require_converter
from stampwell.backups.replacing import new_file
from stampwell.backups.server import connected

STAMPS = 1_000_000


def measure_backup(url: str, folder: Path) -> list[Figure]:
    full = fresh_database(url, "bench_backup")
    fill_one_shop(full, STAMPS)
    empty = {name: fresh_database(full, name, template="template0") for name in ("bench_restored", "bench_yardstick")}
    come_to_rest(url)
    archive, dump = folder / "shop.tar", folder / "shop.dump"
    dumping = [program("pg_dump"), "--format=custom", "--compress=1", f"--file={dump}", full]
    loading = [
        program("pg_restore"),
        "--no-owner",
        "--exit-on-error",
        f"--dbname={empty['bench_yardstick']}",
        str(dump),
    ]
    return [
        _figure("backup", _seconds(partial(_back_up, full, archive)), _seconds(partial(_run, dumping)), archive),
        _figure(
            "backup_restore",
            _seconds(partial(_restore, archive, empty["bench_restored"])),
            _seconds(partial(_run, loading)),
            archive,
        ),
    ]


def _figure(name: str, ours: float, theirs: float, archive: Path) -> Figure:
    remarks = f"{archive.stat().st_size / 1e6:,.0f} MB. Every row was compared."
    yardstick = "PostgreSQL's own program"
    return Figure(
        f"{name} of {STAMPS:,} stamps", ours, theirs, "s", yardstick, LIMITS[name], grows=True, remarks=remarks
    )


def _back_up(url: str, archive: Path) -> None:
    keys = {"token_key": settings.TOKEN_KEY.hex(), "secret_key": settings.SECRET_KEY}
    installation = Installation(url, settings.DATA_DIR, keys, {}, settings.BASE_URL, "bench")
    with new_file(archive) as stream:
        make_backup(installation, stream, recipients=[], say=lambda _size: None)


def _restore(archive: Path, url: str) -> None:
    manifest = check(archive, []).manifest
    parts = partial(database_parts, archive, [])
    with connected(url) as connection:
        load(connection, require_converter(manifest), parts, manifest, name="bench", say=lambda _size: None)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
