"""Stampwell as people install it: the wheel, in an environment of its own, outside of the checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "bin", "stampwell")


def find_uv() -> str | None:
    beside = (ROOT / "var" / "tools" / "bin" / "uv", Path(os.environ.get("HOME", "/root")) / ".local" / "bin" / "uv")
    return shutil.which("uv") or next((str(file) for file in beside if file.exists()), None)


def copy_source(to: Path) -> Path:
    """A fresh checkout: nothing that is made on the way is in it."""
    to.mkdir()
    for name in SOURCE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("*.mo", "*.pyc", "__pycache__"))
        else:
            shutil.copy2(ROOT / name, to / name)
    return to


def build_wheel(uv: str, source: Path, folder: Path) -> Path:
    _run(uv, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(source))
    [wheel] = folder.glob("*.whl")
    return wheel


def install_wheel(uv: str, source: Path, wheel: Path, place: Path) -> Path:
    """The folder of its programs. What it needs comes from the lock, out of the cache that made our own environment."""
    apart = {"UV_PROJECT_ENVIRONMENT": str(place), "UV_PYTHON": sys.executable, "UV_LINK_MODE": "hardlink"}
    _run(uv, "sync", "--quiet", "--frozen", "--no-dev", "--no-install-project", "--directory", str(source), **apart)
    python = place / "bin" / "python"
    _run(uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel))
    return place / "bin"


def _run(*command: str, **environment: str) -> None:
    """Without the network where the cache has all that is needed."""
    surroundings = {**os.environ, **environment}
    surroundings.pop("VIRTUAL_ENV", None)
    if subprocess.run([*command, "--offline"], env=surroundings, capture_output=True).returncode:
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
