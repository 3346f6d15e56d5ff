"""The wheel holds everything: it works in an environment where there is no checkout."""

import gettext
import io
import os
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from release.contents import faults_of_wheel
from tests.management.wheels import ROOT

pytestmark = pytest.mark.machine_clock

EVERYTHING = """
import importlib, pathlib, pkgutil
import django, stampwell
django.setup()
for module in pkgutil.walk_packages(stampwell.__path__, "stampwell."):
    if not module.name.endswith((".__main__", ".leash", ".bucket")):  # programs; what the extra s3 brings
        importlib.import_module(module.name)
from django.utils.translation import gettext, override
for locale in ("lv", "et", "uz", "kk", "ja"):
    with override(locale):
        assert gettext("Sign in") != "Sign in", locale
folder = pathlib.Path(stampwell.__file__).parent
print(*sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.suffix != ".pyc"), sep="\\n")
"""


def run(programs: Path, folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.environ["PATH"], "STAMPWELL_SETTINGS": "", **environment}
    return subprocess.run(
        [programs / command[0], *command[1:]], cwd=folder, env=surroundings, capture_output=True, text=True
    )


def test_everything_of_the_package_is_installed_and_can_be_imported(programs: Path, tmp_path: Path) -> None:
    ours = {"STAMPWELL_DATA": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "stampwell.settings"}

    done = run(programs, tmp_path, "python", "-c", EVERYTHING, **ours)

    assert done.returncode == 0, done.stderr
    package = ROOT / "stampwell"
    made = ("__pycache__", ".pyc", ".mo")
    wanted = {str(file.relative_to(package)) for file in package.rglob("*") if not file.name.endswith(made)}
    assert wanted - set(done.stdout.splitlines()) == set()


def test_the_wheel_holds_our_package_and_nothing_else(wheel: Path) -> None:
    assert faults_of_wheel(wheel, wheel.parent.parent / "source") == []


def test_its_messages_do_not_tell_when_they_were_compiled(wheel: Path) -> None:
    """Else the same commit would give another wheel each minute."""
    with zipfile.ZipFile(wheel) as archive:
        compiled = [archive.read(name) for name in archive.namelist() if name.endswith(".mo")]

    told = [gettext.GNUTranslations(io.BytesIO(content)).info() for content in compiled]
    assert {facts["pot-creation-date"] for facts in told} == {"1970-01-01 00:00+0000"}
    assert len(told) == 5


def test_what_must_not_be_published_is_found(wheel: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / wheel.name
    shutil.copy(wheel, spoilt)
    with zipfile.ZipFile(spoilt, "a") as archive:
        archive.writestr("stampwell/keys/token.key", f"-----BEGIN PRIVATE KEY-----\n{'A' * 64}\n")
        archive.writestr("tests/test_cards.py", "")

    faults = faults_of_wheel(spoilt, wheel.parent.parent / "source")

    name = wheel.name
    assert faults == [
        f"{name} holds stampwell/keys/token.key, which is no part of it.",
        f"{name} holds tests/test_cards.py, which is no part of it.",
        f"{name} holds stampwell/keys/token.key, which must not be published.",
        f"{name} holds tests/test_cards.py, which must not be published.",
        f"{name}: a private key is in stampwell/keys/token.key.",
    ]


def test_it_says_its_version(programs: Path, tmp_path: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert run(programs, tmp_path, "stampwell", "--version").stdout == f"Stampwell {version}\n"


def test_without_a_data_folder_it_says_what_to_do(programs: Path, tmp_path: Path) -> None:
    done = run(programs, tmp_path, "stampwell", "worker")

    assert done.returncode == 1
    assert done.stderr.startswith("Where is the data? Set STAMPWELL_DATA")
    assert [*tmp_path.iterdir()] == []
