"""What has to be right before anything is started, looked at without a database and without changing anything."""

import os
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from stampwell.clock import now
from stampwell.database.account import name_of
from stampwell.database.address import DATABASE_URL, POOLER
from stampwell.environment import (
    Environment,
    is_on_this_machine,
    read_base_url,
    read_choice,
    read_data_folder,
    read_listen,
    write_place,
)
from stampwell.findings import Finding, amber, good, red
from stampwell.management.data_folder import FolderTrouble, refuse_folder_of_others, require_owner
from stampwell.management.tls_files import CertificateTrouble, read_pair
from stampwell.watch.disk import LEAST_TO_START, Space, space_at

WITHOUT_HTTPS = "STAMPWELL_WITHOUT_HTTPS"
# When this release was made: no clock is right that says less. Moved on with each release.
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
FAR_AHEAD = timedelta(days=20 * 365)
FEW_FILES = 1_000


def look_before_start(environment: Environment) -> Iterator[Finding]:
    yield look_at_address(environment)
    yield look_at_clock(now())
    yield from look_at_data(read_data_folder(environment))
    yield from look_at_certificate(environment)
    yield from look_at_alarms(environment)
    yield from look_at_pooler(environment)


def look_at_address(environment: Environment) -> Finding:
    address = read_base_url(environment)
    if address.startswith("https://"):
        return good(f"People open {address}.")
    if is_on_this_machine(address):
        return good(f"Only this machine opens {address}: good for a trial. Phones need an https address of your own.")
    if read_choice(environment, WITHOUT_HTTPS):
        return amber(f"{address} is not https: everybody on the way reads along, and the scanner has no camera.")
    return red(
        f"STAMPWELL_BASE_URL is {address}, which is not https: passwords and cards would cross the network in clear, "
        "and phones give the scanner no camera. Set it to an https address (docs/operating/https.md says how), or, "
        f"in a network that only you use, set {WITHOUT_HTTPS}=yes (--without-https of `stampwell setup`)."
    )


def look_at_clock(moment: datetime) -> Finding:
    if moment < RELEASED or moment > RELEASED + FAR_AHEAD:
        return red(
            f"The clock of this machine says {moment:%d %B %Y}, which cannot be. Set it, such as with "
            "`timedatectl set-ntp true`: stamps and vouchers go by it."
        )
    return good(f"The clock says {moment:%d %B %Y %H:%M} UTC.")


def look_at_data(folder: Path) -> Iterator[Finding]:
    try:
        _require_ours(folder)
    except FolderTrouble as trouble:
        yield red(str(trouble))
        return
    yield good(f"The data folder {folder} can be used.")
    cluster = folder / "database" / "cluster"
    # By disk: the database may lie on another one than the data folder.
    spaces = {place: space_at(place) for place in (_existing(cluster), _existing(folder))}
    for place in {space.device: place for place, space in spaces.items()}.values():
        yield look_at_space(place, spaces[place], os.statvfs(place).f_favail)


def _require_ours(folder: Path) -> None:
    if not folder.exists():
        above = _existing(folder)
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise FolderTrouble(f"The data folder {folder} cannot be made in {above}. Make it, and give it to {_me()}.")
        return
    if not folder.is_dir():
        raise FolderTrouble(f"The data folder {folder} is a file. Set STAMPWELL_DATA to a folder.")
    require_owner(folder)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FolderTrouble(
            f"Nothing can be written to the data folder {folder}: {error.strerror}. Make it writable for {_me()}."
        ) from error
    refuse_folder_of_others(folder)


def look_at_space(place: Path, space: Space, files: int) -> Finding:
    if space.is_full:
        return red(
            f"The disk that holds {place} is full: {space.free >> 20} MB are free, and a database that finds no room "
            f"stops. Free some space; {LEAST_TO_START >> 20} MB is the least."
        )
    if 0 < files < FEW_FILES:
        return red(f"The disk that holds {place} takes only {files} more files. Remove some small ones.")
    if space.is_nearly_full:
        return amber(
            f"The disk that holds {place} is nearly full: {space.free / 2**30:.1f} of {space.total / 2**30:.1f} GB are "
            "free. Make room before it is full."
        )
    return good(f"The disk that holds {place} has {space.free >> 30} GB left.")


def look_at_certificate(environment: Environment) -> Iterator[Finding]:
    try:
        pair = read_pair(environment)
    except CertificateTrouble as trouble:
        yield red(str(trouble))
        return
    address = urlsplit(read_base_url(environment))
    if pair is None:
        return
    if address.scheme != "https":
        yield red("STAMPWELL_TLS_CERTIFICATE is set, so STAMPWELL_BASE_URL has to begin with https://")
    from stampwell.management.certificate import look_at_pair

    yield from look_at_pair(pair, address.hostname or "", now())


def look_at_alarms(environment: Environment) -> Iterator[Finding]:
    if environment.get("STAMPWELL_ALARM_TO") and not environment.get("STAMPWELL_MAIL_HOST"):
        yield amber("STAMPWELL_ALARM_TO is set, but no mail server: nobody gets the mails. Set STAMPWELL_MAIL_HOST.")


def look_at_port(environment: Environment) -> Finding:
    host, port = read_listen(environment)
    place = write_place((host, port))
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return red(
            f"The system lets only few programs listen on port {port}. Put a proxy in front and set "
            "STAMPWELL_LISTEN=127.0.0.1:8000, or start by systemd with AmbientCapabilities=CAP_NET_BIND_SERVICE."
        )
    except OSError as error:
        return red(
            f"Nobody can listen on {place} ({error.strerror}). Another program holds it: stop that one, or set "
            f"STAMPWELL_LISTEN to another port such as {write_place((host, port + 1))}."
        )
    return good(f"{place} is free to listen on.")


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    place = folder.resolve()
    return next(one for one in (place, *place.parents) if one.exists())


def _me() -> str:
    return f"the user {name_of(os.geteuid())}"


def look_at_pooler(environment: Environment) -> Iterator[Finding]:
    if environment.get(POOLER) and not environment.get(DATABASE_URL):
        yield red(
            f"{POOLER} is set and DATABASE_URL is not: the pooler leads to a database of your own. Set DATABASE_URL to "
            "the address of that server itself."
        )
