"""The very commands of docs/operating/install.md, in an empty Debian with a real systemd, until customers are served.

Then the shop is backed up as the page says and brought back in a second empty Debian: its customers notice nothing.

What is not as on a real server: the wheel is that of this checkout, the name leads to this machine by /etc/hosts, and
Caddy's own authority signs the certificate, since nobody outside could vouch for such a name.
"""

import re
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.drills.debian import ROOT, Debian, empty_debian, why_no_debian
from tests.drills.test_backup import OF_THE_MOMENT, differences
from tests.management.test_installing import Till, open_a_shop
from tests.management.wheels import build_wheel, copy_source, find_uv

pytestmark = [pytest.mark.drill, pytest.mark.skipif(bool(why_no_debian()), reason=why_no_debian())]

PAGES = ROOT / "docs" / "operating"
NAME, OWNER = "cards.example.com", "ada@lume.example"
URL = f"https://{NAME}"
WHEEL = r"\./stampwell-\S+\.whl"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)  # what begins with more than `sh` is another way
PORTS = (80, 443, 8000)
PATIENCE = 90  # seconds
# Nobody outside of this machine can be asked here: neither who vouches for the name, nor a mail server.
OWN_AUTHORITY = r"""sed -i '0,/^{/s//{\n\tlocal_certs/' /etc/caddy/Caddyfile; systemctl reload caddy"""
AUTHORITY = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
TRUSTED = f"cp {AUTHORITY} /usr/local/share/ca-certificates/own.crt; update-ca-certificates"


def blocks(page: str, heading: str) -> list[str]:
    """The commands below a heading, or below a word in bold that begins a paragraph."""
    text = (PAGES / page).read_text()
    _before, found, after = text.partition(f"\n{heading}")
    assert found, heading
    return BLOCK.findall(re.split(r"^(?:## |\*\*)", after, flags=re.M)[0])


def filled_in(command: str) -> str:
    for ours, pattern in (
        ("/root/wheel/*.whl", WHEEL),
        (NAME, r"CARDS\.EXAMPLE\.COM"),
        (OWNER, r"YOU@EXAMPLE\.COM"),
        ("bert@lume.example", r"SOMEBODY@EXAMPLE\.COM"),
        ("smtp+plain://127.0.0.1:9", r"smtp://USER:PASSWORD@SMTP\.EXAMPLE\.COM:587"),
        ("/root/shop.tar", r"BACKUP\.tar"),
    ):
        command = re.sub(pattern, ours, command)
    assert not re.search(r"[A-Z]\.EXAMPLE|@EXAMPLE", command), command
    return command


def follow(debian: Debian, heading: str, page: str = "install.md") -> str:
    """Types in what stands below a heading, and reads what is said."""
    found = blocks(page, heading)
    assert found, heading
    return "".join(debian.run(filled_in(block)) for block in found)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if (uv := find_uv()) is None:
        pytest.skip("uv is not there, so no wheel can be built")
    folder = tmp_path_factory.mktemp("wheel")
    return build_wheel(uv, copy_source(folder / "source"), folder / "dist")


@pytest.fixture(autouse=True)
def _name_leads_here(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = socket.getaddrinfo

    def answer(host: Any, *rest: Any, **more: Any) -> Any:
        return asked("127.0.0.1" if host in (NAME, NAME.encode()) else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@contextmanager
def server(scratch: Path, wheel: Path) -> Iterator[Debian]:
    """Steps 1 and 2 of the page."""
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                pytest.skip(f"somebody listens on port {port} of this machine")
    with empty_debian(scratch, hosts=NAME) as debian:
        debian.file("/root/wheel").mkdir()
        shutil.copy(wheel, debian.file("/root/wheel"))
        follow(debian, "## 1.")
        follow(debian, "## 2.")
        yield debian


def begin_https(debian: Debian, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step 4, and whoever comes believes the authority that stands in for one of the internet."""
    follow(debian, "## 4.")
    debian.run(OWN_AUTHORITY)
    wait_until(debian.file(AUTHORITY).exists)
    debian.run(TRUSTED)
    monkeypatch.setenv("SSL_CERT_FILE", str(debian.file("/etc/ssl/certs/ca-certificates.crt")))
    wait_until(answers)


def answers() -> bool:
    try:
        return httpx.get(f"{URL}/health/ready").status_code == 200
    except (httpx.TransportError, ssl.SSLError):
        return False


def wait_until(is_so: Any) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.1)


def page_of(link: str) -> dict[str, tuple[int, str]]:
    answer = httpx.get(link, headers={"Accept-Language": "en"})  # in which the moments are left out
    return {link: (answer.status_code, OF_THE_MOMENT.sub("", answer.text))}


def test_the_page_leads_to_a_shop_and_its_backup_to_the_same_shop(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(tmp_path / "first", wheel) as debian:
        said = follow(debian, "## 3.")
        [link] = set(re.findall(rf"{URL}/open-your-shop/[0-9a-f]{{40}}/", said))
        assert debian.run("systemd-analyze verify stampwell.service; systemctl reload stampwell") == ""
        begin_https(debian, monkeypatch)
        assert f"{URL}/open-your-shop/" in follow(debian, "## 5.")

        key = open_a_shop(link, URL)
        till = Till(URL, key)
        program = till.get("/programs")["items"][0]
        card = till.post("/cards", program_id=program["id"], locale="lv")
        till.post(f"/cards/{card['id']}/stamps")

        code = till.get(f"/cards/{card['id']}")["code"]
        before = page_of(card["web_url"])
        *checks, last = blocks("install.md", "## 6.")
        said = debian.run(f"{filled_in(checks[0]).strip()} || [ $? = 2 ]")
        assert re.findall("^RED .*", said, re.M) == [
            line for line in said.splitlines() if "STAMPWELL_MAIL_HOST" in line
        ]
        backup = follow_the_backup(debian, last)
        shutil.copy(backup, tmp_path / "shop.tar")
        debian.run("systemctl stop caddy stampwell")

    with server(tmp_path / "second", wheel) as debian:
        shutil.copy(tmp_path / "shop.tar", debian.file("/root/shop.tar"))
        follow(debian, "**On a new server**", "backup.md")
        assert "open-your-shop" not in follow(debian, "## 3.")
        begin_https(debian, monkeypatch)

        assert differences(before, page_of(card["web_url"])) == []
        assert Till(URL, key).post("/scans", code=code, override=True)["kind"] == "card"
        assert Till(URL, key).get(f"/cards/{card['id']}")["stamps"] == 2
        debian.run("systemctl stop caddy stampwell")


def follow_the_backup(debian: Debian, commands: str) -> Path:
    """The folder is one that the service may write to since the unit was made anew; the first backup is due at once."""
    debian.run(commands)
    made = debian.file("/srv/backups")
    wait_until(lambda: [*made.glob("stampwell-*Z.tar")])
    return next(made.glob("stampwell-*Z.tar"))
