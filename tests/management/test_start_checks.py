"""What has to be right before anything is started, and the sentence where it is not."""

import os
import shutil
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat

from stampwell.environment import EnvironmentTrouble, read_listen
from stampwell.findings import Finding, Level, worst_of
from stampwell.management.certificate import look_at_pair
from stampwell.management.data_folder import FolderTrouble, empty_data_folder, open_data_folder, open_installation
from stampwell.management.renewal import Renewal
from stampwell.management.start_checks import (
    RELEASED,
    look_at_address,
    look_at_alarms,
    look_at_clock,
    look_at_data,
    look_at_pooler,
    look_at_port,
    look_at_space,
    look_before_start,
)
from stampwell.management.tls_files import CertificateTrouble, read_pair
from stampwell.watch.disk import Space
from tests.certificates import make_pair
from tests.moments import START

MEGABYTE = 1 << 20


def texts(findings: list[Finding]) -> str:
    return "\n".join(finding.text for finding in findings)


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({"STAMPWELL_BASE_URL": "https://cards.example.com"}, Level.GOOD),
        ({"STAMPWELL_BASE_URL": "http://127.0.0.1:8000"}, Level.GOOD),
        ({"STAMPWELL_BASE_URL": "http://cards.example.com"}, Level.RED),
        ({"STAMPWELL_BASE_URL": "http://192.168.1.20:8000"}, Level.RED),
        ({"STAMPWELL_BASE_URL": "http://192.168.1.20:8000", "STAMPWELL_WITHOUT_HTTPS": "yes"}, Level.AMBER),
    ],
)
def test_only_this_machine_is_served_without_https_unless_told_so(settings: dict[str, str], level: Level) -> None:
    assert look_at_address(settings).level is level


def test_a_clock_that_cannot_be_right_is_refused() -> None:
    assert look_at_clock(RELEASED).level is Level.GOOD
    assert look_at_clock(RELEASED - timedelta(days=1)).level is Level.RED
    assert look_at_clock(RELEASED + timedelta(days=30 * 365)).level is Level.RED


def test_a_disk_that_is_full_is_refused_and_one_that_is_nearly_full_told(tmp_path: Path) -> None:
    """Nearly full is what the alarm and /health/ready call so."""
    roomy, tight, full = (Space(free * MEGABYTE, 20_000 * MEGABYTE) for free in (5_000, 1_000, 299))

    assert look_at_space(tmp_path, roomy, 100_000).level is Level.GOOD
    assert look_at_space(tmp_path, tight, 100_000).level is Level.AMBER
    assert "299 MB are free" in look_at_space(tmp_path, full, 100_000).text
    assert look_at_space(tmp_path, roomy, 3).level is Level.RED
    assert look_at_space(tmp_path, roomy, 0).level is Level.GOOD  # a file system that does not count them


def test_a_new_folder_is_taken_and_marked(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"

    assert worst_of(look_at_data(folder)) < Level.RED
    assert not folder.exists()  # to look changes nothing
    open_installation(folder)
    (folder / "anything").touch()
    assert worst_of(look_at_data(folder)) < Level.RED


def test_an_installation_begins_in_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    assert "such as “thesis.txt”" in texts([*look_at_data(tmp_path)])


def test_the_demo_is_never_served_to_real_customers(tmp_path: Path) -> None:
    open_data_folder(tmp_path)

    assert "holds the demo shop of bin/dev" in texts([*look_at_data(tmp_path)])


def test_the_demo_never_gets_into_an_installation_and_nothing_of_one_is_deleted(tmp_path: Path) -> None:
    open_installation(tmp_path)

    for act in (open_data_folder, empty_data_folder):
        with pytest.raises(FolderTrouble, match="that of a real installation"):
            act(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    assert "is a file" in texts([*look_at_data(tmp_path / "data")])
    assert "cannot be made" in texts([*look_at_data(tmp_path / "data" / "below")])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    shutil.chown(tmp_path, "nobody")

    assert "belongs to the user nobody, and this is the user root" in texts([*look_at_data(tmp_path)])


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    assert "Nothing can be written" in texts([*look_at_data(tmp_path)])


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        found = look_at_port({"STAMPWELL_LISTEN": f"127.0.0.1:{port}"})

    assert found.level is Level.RED
    assert f"such as 127.0.0.1:{port + 1}" in found.text


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    assert look_at_port({"STAMPWELL_LISTEN": "192.0.2.1:8000"}).level is Level.RED


@pytest.mark.parametrize(
    ("written", "meant"), [("", ("127.0.0.1", 8000)), ("[::1]:80", ("::1", 80)), ("0.0.0.0:443", ("0.0.0.0", 443))]
)
def test_where_it_listens_is_an_address_and_a_port(written: str, meant: tuple[str, int]) -> None:
    assert read_listen({"STAMPWELL_LISTEN": written}) == meant


@pytest.mark.parametrize(
    "written", ["8000", "127.0.0.1", "127.0.0.1:", ":8000", "127.0.0.1:x", "127.0.0.1:0", "::1:80"]
)
def test_where_it_cannot_listen_is_said(written: str) -> None:
    with pytest.raises(EnvironmentTrouble, match="STAMPWELL_LISTEN is an address and a port"):
        read_listen({"STAMPWELL_LISTEN": written})


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_certificate_and_its_key_are_good(tmp_path: Path, form: PrivateFormat) -> None:
    pair = make_pair(tmp_path, "cards.example.com", START, form=form)

    assert [finding.level for finding in look_at_pair(pair, "cards.example.com", START)] == [Level.GOOD]


def test_a_certificate_that_browsers_refuse_is_told(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "cards.example.com", START)

    def said(host: str, days: int) -> str:
        return texts([*look_at_pair(pair, host, START + timedelta(days=days))])

    assert "is not for other.example.com" in said("other.example.com", 1)
    assert "Renew it; it is read by itself then" in said("cards.example.com", 80)
    assert "browsers refuse it. Renew it now" in said("cards.example.com", 91)
    assert "on only" in said("cards.example.com", -1)


def test_a_certificate_for_all_names_of_a_domain_fits_each(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, "*.example.com", START)

    assert worst_of(look_at_pair(pair, "cards.example.com", START)) is Level.GOOD
    assert worst_of(look_at_pair(pair, "example.com", START)) is Level.AMBER


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    pair, other = (make_pair(tmp_path / name, "cards.example.com", START) for name in ("one", "two"))
    shutil.copy(other.key, pair.key)

    assert "does not belong to the first certificate" in texts([*look_at_pair(pair, "cards.example.com", START)])
    pair.key.write_text("no key")
    assert "no key in PEM without a password" in texts([*look_at_pair(pair, "cards.example.com", START)])
    pair.key.unlink()
    assert f"{pair.key} cannot be read" in texts([*look_at_pair(pair, "cards.example.com", START)])


def test_one_of_the_two_alone_is_half(tmp_path: Path) -> None:
    with pytest.raises(CertificateTrouble, match="Set both"):
        read_pair({"STAMPWELL_TLS_KEY": "key.pem"})
    found = look_before_start({"STAMPWELL_DATA": str(tmp_path), "STAMPWELL_TLS_KEY": "key.pem"})
    assert "Set both" in texts([*found])


def test_a_certificate_needs_an_https_address(tmp_path: Path) -> None:
    pair = make_pair(tmp_path / "tls", "127.0.0.1", START)
    settings = {"STAMPWELL_TLS_CERTIFICATE": str(pair.certificate), "STAMPWELL_TLS_KEY": str(pair.key)}

    found = look_before_start({"STAMPWELL_DATA": str(tmp_path / "data"), **settings})

    assert "STAMPWELL_BASE_URL has to begin with https://" in texts([*found])


def test_a_renewed_certificate_is_read_when_somebody_says_so_and_a_broken_one_is_not(tmp_path: Path) -> None:
    said: list[str] = []
    pair = make_pair(tmp_path, "cards.example.com", START)
    renewal = Renewal(pair, said.append)

    assert not renewal.is_due()  # nobody asked, and the minute is not over
    renewal.ask()
    assert renewal.is_due()
    pair.certificate.write_text("half of")
    renewal.ask()
    assert not renewal.is_due()
    assert said[-1].endswith("The certificate that was read before stays in use.")


def test_alarms_that_nobody_would_get_are_told() -> None:
    alarms = {"STAMPWELL_ALARM_TO": "ops@shop.example"}

    assert [finding.level for finding in look_at_alarms(alarms)] == [Level.AMBER]
    assert [*look_at_alarms(alarms | {"STAMPWELL_MAIL_HOST": "smtp.shop.example"})] == []
    assert [*look_at_alarms({})] == []


def test_a_pooler_leads_to_a_database_of_ones_own() -> None:
    pooler = {"STAMPWELL_DATABASE_POOLER": "postgresql://me@pooler:6432/shop"}

    assert [finding.level for finding in look_at_pooler(pooler)] == [Level.RED]
    assert [*look_at_pooler(pooler | {"DATABASE_URL": "postgresql://me@db/shop"})] == []
    assert [*look_at_pooler({})] == []
