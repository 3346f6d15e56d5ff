"""demo.json in the data folder: the links, secrets and people of the demo shop. Read and written without Django."""

import json
import os
from pathlib import Path

Demo = dict[str, object]


def place_in(data_dir: Path) -> Path:
    return data_dir / "demo.json"


def read(file: Path) -> Demo:
    demo: Demo = json.loads(file.read_text("utf-8"))
    return demo


def write(file: Path, demo: Demo) -> None:
    """Whole or not at all, also if the power fails now: nothing makes it a second time."""
    fresh = file.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(demo, stream, indent=2, ensure_ascii=False)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def move(file: Path, base_url: str) -> None:
    """The same shop at another address: only the links change."""
    text = file.read_text("utf-8")
    former = json.loads(text)["base_url"]
    if former != base_url:
        write(file, json.loads(text.replace(former, base_url)))
