"""A cluster of an earlier PostgreSQL gives way to a new one, which somebody fills while both run.

The states, by what lies beside each other; each change is one rename:

cluster                                        the earlier one serves, whatever else lies there
cluster, cluster-upgraded                      the new one is whole; the earlier one still serves
cluster-of-17, cluster-upgraded                the next start gives the new one its name (`finish_exchange`)
cluster-of-17, cluster                         the new one serves; the earlier one is for whoever wants to go back
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from stampwell.database.account import Account
from stampwell.database.cluster import ROLE, SUPERUSER, build_cluster, major_of
from stampwell.database.leftovers import Say
from stampwell.database.lock import locked
from stampwell.database.places import (
    PORT,
    UPGRADED,
    Places,
    finish_exchange,
    make_socket_folder,
    open_places,
    prepare_account,
    remove_socket_folder,
)
from stampwell.database.programs import find_earlier_programs, find_programs
from stampwell.database.server import Keeper
from stampwell.database.trouble import DatabaseTrouble
from stampwell.whole_files import keep_name

CONFIGURATION = ("postgresql.conf", "postgresql.auto.conf")


@dataclass(frozen=True)
class Workplace(Places):
    """Of a cluster that is being made; its log is not mixed with that of the other one."""

    at: Path = Path()

    @property
    def cluster(self) -> Path:
        return self.at / "cluster"

    @property
    def log(self) -> Path:
        return self.at / "log"


@contextmanager
def exchanged_cluster(data_dir: Path, given: Path | None, say: Say) -> Iterator[tuple[str, str]]:
    """Yields the superuser's addresses of both; the new one takes the place only if the block ends well."""
    places = open_places(data_dir)
    with locked(places.lock):
        finish_exchange(places)
        account = prepare_account(places)
        programs = find_programs(account)
        major = major_of(places.cluster)
        earlier = find_earlier_programs(major, given, account)
        _require_room(places.cluster)
        making = Workplace(places.folder, places.cluster.with_name("cluster-in-the-making"))
        passwords = {role: places.password(role).read_text() for role in (SUPERUSER, ROLE)}
        try:
            build_cluster(making.at, programs, account, passwords)
            with _served(places, earlier, account, say) as old, _served(making, programs, account, say) as new:
                yield old, new
            _put_in_place(places, making, major, say)
        finally:
            shutil.rmtree(making.at, ignore_errors=True)


@contextmanager
def _served(places: Places, programs: Path, account: Account, say: Say) -> Iterator[str]:
    """Nobody finds it: its address is written nowhere."""
    socket_folder = make_socket_folder(places, account)
    keeper = Keeper(places, programs, account, socket_folder, say)
    try:
        keeper.start()
        password = quote(places.password(SUPERUSER).read_text(), safe="")
        yield f"postgresql://{SUPERUSER}:{password}@/{ROLE}?port={PORT}&host={quote(str(socket_folder))}"
    finally:
        keeper.stop()
        remove_socket_folder(places, socket_folder)


def _require_room(cluster: Path) -> None:
    size = sum(file.lstat().st_size for file in cluster.rglob("*"))
    free = shutil.disk_usage(cluster).free
    if free < size + (300 << 20):
        raise DatabaseTrouble(
            f"The disk that holds {cluster} has {free >> 20} MB free. The database has {size >> 20} MB and is written "
            "anew beside it: free that much and 300 MB more. Nothing was changed."
        )


def _put_in_place(places: Places, making: Workplace, major: str, say: Say) -> None:
    cluster = places.cluster
    upgraded, kept = cluster.with_name(UPGRADED), cluster.with_name(f"cluster-of-{major}")
    shutil.rmtree(upgraded, ignore_errors=True)  # of an upgrade that was killed; the earlier one has served since
    number = 1
    while kept.exists():
        number += 1
        kept = cluster.with_name(f"cluster-of-{major}-{number}")
    for source, target in ((making.cluster, upgraded), (cluster, kept), (upgraded, cluster)):
        source.rename(target)
        keep_name(cluster.parent)
    say(f"The database of PostgreSQL {major} is kept in {kept}. Delete it when you are sure that all is well.")
    if left := sorted(_settings_in(kept) - _settings_in(cluster)):
        say(f"Settings that stay in {kept / CONFIGURATION[0]}, for you to take over: {', '.join(left)}.")


def _settings_in(cluster: Path) -> set[str]:
    """Those that initdb writes differ from version to version in their values, hardly in their names."""
    texts = [(cluster / name).read_text(errors="replace") for name in CONFIGURATION if (cluster / name).exists()]
    return {name for text in texts for name in re.findall(r"^[ \t]*(\w[\w.]*)[ \t]*[=' ]", text, re.MULTILINE)}
