"""The installation's own keys: given in the environment, else kept in its data folder and made on first use."""

import os
import sys
from errno import ENOSPC
from pathlib import Path

from stampwell.whole_files import write_first


def read_key(name: str, data_folder: Path) -> str:
    if given := os.environ.get(f"STAMPWELL_{name}"):
        return given
    file = key_file(name, data_folder)
    try:
        if not file.exists():
            _make_key(file)
        return file.read_text().strip()
    except OSError as error:
        advice = "Free some space" if error.errno == ENOSPC else f"Run the command as the owner of {data_folder}"
        sys.exit(f"The key {file} cannot be read or made: {error.strerror}. {advice}.")


def read_bytes_key(name: str, data_folder: Path) -> bytes:
    try:
        key = bytes.fromhex(read_key(name, data_folder))
        if not 16 <= len(key) <= 64:  # we make them of 32
            raise ValueError(f"{len(key)} bytes")
    except ValueError as error:
        sys.exit(
            f"STAMPWELL_{name}, or else {key_file(name, data_folder)}, is not 32 bytes in hexadecimal ({error}). "
            "Bring it back from a backup: without it no link and no code that was given out works."
        )
    return key


def key_file(name: str, data_folder: Path) -> Path:
    return data_folder / "keys" / name.lower()


def _make_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_first(file, os.urandom(32).hex())
