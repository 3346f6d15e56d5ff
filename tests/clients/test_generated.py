"""Clients that programs make out of the document of the API load, compile and read real answers.

`bin/test --longer` installs the makers. Where it could not (no Node, no registry), the test is skipped and says so.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from stampwell.web.api.schema import openapi
from tests.web.api.client import ApiClient
from tests.web.api.conftest import api as api
from tests.world import Shop

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
MAKERS = HERE.parents[1] / "var" / "tools" / "clients"
PYTHON = MAKERS / "python" / "bin" / "python"
NODE_MODULES = MAKERS / "node" / "node_modules"


def run(*command: str | Path, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(openapi()))
    return path


@pytest.mark.django_db
@pytest.mark.skipif(not PYTHON.exists(), reason="the maker of Python clients could not be installed")
def test_a_python_client_loads_and_reads_real_answers(
    api: ApiClient, lume: Shop, document: Path, tmp_path: Path
) -> None:
    program = f"prg_{lume.publish().program.id.hex}"
    card = api.post("/cards", {"program_id": program, "external_id": "till-7"}).json
    stamped = api.post(f"/cards/{card['id']}/stamps", {"count": 10}).json
    answers = {
        "card": card,
        "voucher": api.post("/scans", {"code": stamped["vouchers_issued"][0]["code"]}).json,
        "events": api.get("/events").json,
        "problem": api.post("/cards", {"program_id": 7}).json,
    }
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    (tmp_path / "settings.yaml").write_text("post_hooks: []\n")

    generate: list[str | Path] = ["generate", "--path", document, "--config", "settings.yaml", "--meta", "none"]
    run(PYTHON.with_name("openapi-python-client"), *generate, folder=tmp_path)
    run(PYTHON, HERE / "parses.py", "answers.json", folder=tmp_path, PYTHONPATH=str(tmp_path))


@pytest.mark.skipif(not NODE_MODULES.exists(), reason="the maker of TypeScript clients could not be installed")
def test_a_typescript_client_compiles(document: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    shutil.copy(HERE / "uses.ts", tmp_path)

    maker, compiler = NODE_MODULES / ".bin" / "openapi-typescript", NODE_MODULES / ".bin" / "tsc"
    run(maker, document, "-o", "schema.d.ts", "--default-non-nullable", "false", folder=tmp_path)
    strictly = ["--strict", "--noEmit", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"]
    run(compiler, *strictly, "uses.ts", folder=tmp_path)
