"""An empty Debian with its own systemd: a new server, as far as one can be had on this machine.

Files, processes, users, services and the name of the machine are its own. The kernel, the clock and the network are
this machine's. Needs root, debootstrap and the namespaces of Linux.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import Program

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "trixie"
BASE = ROOT / "var" / "tools" / f"debian-{RELEASE}"
BOOT = Path(__file__).with_name("boot_debian.sh")
NEEDED = ("debootstrap", "unshare", "nsenter")
# Where packages come by a proxy that looks into what is sent, the authorities that this machine knows are needed.
AUTHORITIES, KNOWN = Path("/etc/ssl/certs/ca-certificates.crt"), "/etc/authorities-of-the-machine.crt"
PATIENCE = 120  # seconds
SURROUNDINGS = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_CERT": KNOWN,
}


def why_no_debian() -> str:
    """What is missing for one, or nothing."""
    if os.geteuid() != 0:
        return "an empty Debian is made by root"
    missing = [program for program in NEEDED if not shutil.which(program)]
    return f"not installed: {', '.join(missing)}" if missing else ""


class Debian:
    def __init__(self, folder: Path, first: int) -> None:
        self.folder, self.first = folder, first

    def run(self, script: str) -> str:
        """As root, in root's home; what it says, in the order in which it says it."""
        enter = ["nsenter", "--all", "--target", str(self.first), "env", "-i"]
        surroundings = [f"{name}={value}" for name, value in SURROUNDINGS.items()]
        done = subprocess.run(
            [*enter, *surroundings, "sh", "-e", "-c", f"cd\n{script}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout

    def file(self, path: str) -> Path:
        """One of its files, as this machine reaches it."""
        return Path(f"/proc/{self.first}/root") / path.lstrip("/")


def make_base() -> Path:
    """Once for this checkout: nothing but what every Debian has, and systemd, which every server has."""
    if not BASE.exists():
        fresh = BASE.with_name(f"{BASE.name}.unfinished")
        shutil.rmtree(fresh, ignore_errors=True)
        BASE.parent.mkdir(parents=True, exist_ok=True)
        options = ["--variant=minbase", "--include=systemd-sysv"]
        keys = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
        options += [f"--keyring={keys}"] if keys.exists() else []
        # In a namespace of its own: a debootstrap that is killed would leave the system's own folders mounted there.
        made = ["unshare", "--mount", "debootstrap", *options, RELEASE, str(fresh)]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        if AUTHORITIES.exists():
            shutil.copy(AUTHORITIES, fresh / KNOWN.lstrip("/"))
        fresh.rename(BASE)
    return BASE


@contextmanager
def empty_debian(scratch: Path, *, hosts: str) -> Iterator[Debian]:
    """`hosts` are names that lead to this machine, as the domain of a real server would."""
    place = scratch / "debian"
    for part in ("upper", "work", "root"):
        (place / part).mkdir(parents=True)
    etc = place / "upper" / "etc"
    etc.mkdir()
    shutil.copy("/etc/resolv.conf", etc / "resolv.conf")
    (etc / "hosts").write_text(f"127.0.0.1 localhost {hosts}\n::1 localhost\n")
    with (scratch / "boot.log").open("wb") as said:
        outer = Program(["sh", "-e", str(BOOT), str(make_base()), str(place)], stdout=said, stderr=said)
    try:
        yield Debian(place, _wait_for_systemd(outer, scratch / "boot.log"))
    finally:
        outer.kill()  # it waits for its systemd, whatever else it is told; that one dies with it
        outer.wait()
        _remove_groups(outer.pid)


def _wait_for_systemd(outer: Program, log: Path) -> int:
    """The number that its process 1 has here, as soon as it takes commands."""
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    ends = time.monotonic() + PATIENCE
    while True:
        assert outer.poll() is None, log.read_text()
        assert time.monotonic() < ends, log.read_text()
        numbers = children.read_text().split()
        if numbers and _takes_commands(int(numbers[0])):
            return int(numbers[0])
        time.sleep(0.1)


def _takes_commands(first: int) -> bool:
    asked = ["nsenter", "--all", "--target", str(first), "systemctl", "is-system-running"]
    answer = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    return answer in ("running", "degraded")  # a part that needs a machine of its own may fail


def _remove_groups(number: int) -> None:
    """Its control groups, from the innermost out, as soon as the last of its processes has gone."""
    ends = time.monotonic() + PATIENCE
    for top in Path("/sys/fs/cgroup").glob(f"**/stampwell-debian-{number}"):
        while "populated 1" in (top / "cgroup.events").read_text():
            assert time.monotonic() < ends
            time.sleep(0.05)
        for folder, _below, _files in os.walk(top, topdown=False):
            Path(folder).rmdir()
