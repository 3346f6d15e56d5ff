"""demo.json in the data folder: the links, secrets and people of the demo shop. Read and written without Django."""

import json
from pathlib import Path

from stampwell.whole_files import write_whole

Demo = dict[str, object]


def place_in(data_dir: Path) -> Path:
    return data_dir / "demo.json"


def read(file: Path) -> Demo:
    demo: Demo = json.loads(file.read_text("utf-8"))
    return demo


def write(file: Path, demo: Demo) -> None:
    """Nothing makes it a second time."""
    write_whole(file, f"{json.dumps(demo, indent=2, ensure_ascii=False)}\n")


def move(file: Path, base_url: str) -> None:
    """The same shop at another address: only the links change."""
    text = file.read_text("utf-8")
    former = json.loads(text)["base_url"]
    if former != base_url:
        write(file, json.loads(text.replace(former, base_url)))
