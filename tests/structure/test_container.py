"""The Dockerfile, what goes into it, and the compose file say only what is so. They are built and run by a drill."""

import re
from pathlib import Path
from typing import Any

import yaml

from stampwell.management.known_settings import known_settings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ALLOWED = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
PYTHON_OF_DEBIAN = {"trixie": "3.13"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|PASSPHRASE|_KEY")


def instructions(word: str) -> list[str]:
    """What follows the word, each on one line and without the comments between."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.M).replace("\\\n", " ")
    return [line.removeprefix(f"{word} ").strip() for line in text.splitlines() if line.startswith(f"{word} ")]


def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def test_everything_that_is_copied_is_there_and_let_in() -> None:
    copied = [line.split()[:-1] for line in instructions("COPY") if not line.startswith("--from")]
    named = {name for names in copied for name in names}

    assert {name for name in named if not (ROOT / name).exists()} == set()
    assert named - set(ALLOWED) == set()


def test_nothing_but_what_is_copied_is_let_in() -> None:
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert set(ALLOWED) == {
        name for line in instructions("COPY") for name in line.split()[:-1] if (ROOT / name).exists()
    }


def test_it_holds_what_the_lock_says_and_the_python_that_we_test() -> None:
    syncs = [part for run in instructions("RUN") for part in run.split("&&") if "uv sync" in part]
    releases = {line.split()[0].removeprefix("debian:").removesuffix("-slim") for line in instructions("FROM")}

    assert len(syncs) == 2
    assert all("--frozen" in sync and "--no-dev" in sync for sync in syncs)
    assert {PYTHON_OF_DEBIAN[release] for release in releases} == {(ROOT / ".python-version").read_text().strip()}


def test_it_holds_no_secret_and_is_not_run_by_root() -> None:
    assert instructions("ARG") == []
    assert [line for line in instructions("ENV") if SECRET.search(line)] == []
    assert instructions("USER") == ["10001:10001"]


def test_its_health_is_asked_where_it_listens() -> None:
    [environment] = [line for line in instructions("ENV") if "STAMPWELL_DATA" in line]
    [check] = instructions("HEALTHCHECK")

    assert "STAMPWELL_LISTEN=0.0.0.0:8000" in environment
    assert "http://127.0.0.1:8000/health/live'" in check
    assert '"/health/live"' in (ROOT / "stampwell" / "wsgi.py").read_text()
    assert set(re.findall(r"STAMPWELL_\w+", environment)) - known_settings() == set()


def test_every_setting_of_the_compose_file_is_one() -> None:
    settings = set(compose()["services"]["stampwell"]["environment"])

    assert settings - known_settings() - {"DATABASE_URL"} == set()


def test_only_the_proxy_is_reached_from_outside_and_only_its_network_is_believed() -> None:
    made = compose()
    services = made["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert services["database"]["networks"] == ["back"]
    assert made["networks"]["back"]["internal"] is True
    [addresses] = made["networks"]["front"]["ipam"]["config"]
    assert services["stampwell"]["environment"]["STAMPWELL_TRUSTED_PROXIES"] == addresses["subnet"]


def test_it_runs_with_nothing_that_it_does_not_need() -> None:
    service = compose()["services"]["stampwell"]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_compose_file_holds_no_secret() -> None:
    text = (ROOT / "compose.yaml").read_text()

    assert re.findall(r"\$\{\w+(?!\w*:\?)", text) == []  # none has a value of ours where the file .env says nothing
    assert set(re.findall(r"\$\{(\w+)", text)) == {"ADDRESS", "OWNER", "DATABASE_PASSWORD"}


def test_its_proxy_is_set_up_as_the_one_that_is_tried() -> None:
    tried = (ROOT / "stampwell" / "management" / "proxies" / "Caddyfile").read_text().partition("\n\n")[2]
    ours = (ROOT / "Caddyfile").read_text().partition("\n\n")[2]

    assert ours.replace("{$ADDRESS}", "cards.example.com").replace("stampwell:8000", "127.0.0.1:8000") == tried
    assert ours != tried
