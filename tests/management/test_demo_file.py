"""demo.json: private, written whole, and moved to another address without preparing everything anew."""

import json
import os
from pathlib import Path

import pytest

from stampwell.management import demo_file, development

DEMO = {"base_url": "http://127.0.0.1:8000", "join_url": "http://127.0.0.1:8000/j/lume", "shop": "Café Lūme"}


def test_another_address_changes_the_links_alone(tmp_path: Path) -> None:
    file = demo_file.place_in(tmp_path)
    demo_file.write(file, dict(DEMO))

    demo_file.move(file, "http://127.0.0.1:8123")

    assert demo_file.read(file) == {
        "base_url": "http://127.0.0.1:8123",
        "join_url": "http://127.0.0.1:8123/j/lume",
        "shop": "Café Lūme",
    }


def test_it_is_private_also_where_a_killed_start_left_a_half(tmp_path: Path) -> None:
    file = demo_file.place_in(tmp_path)
    file.with_suffix(".fresh").write_text('{"base')
    file.with_suffix(".fresh").chmod(0o644)

    demo_file.write(file, dict(DEMO))

    assert json.loads(file.read_text("utf-8")) == DEMO
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.machine_clock  # what is prepared holds for a day
def test_a_start_on_another_port_prepares_nothing_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    demo_file.write(demo_file.place_in(tmp_path), dict(DEMO))
    (tmp_path / "prepared").write_text(development.prepared_from(tmp_path))
    environment = {"PATH": os.environ["PATH"], "STAMPWELL_BASE_URL": "http://127.0.0.1:8123"}

    development.prepare(environment, tmp_path)  # it has no database: preparing anew would fail

    assert demo_file.read(demo_file.place_in(tmp_path))["base_url"] == "http://127.0.0.1:8123"
