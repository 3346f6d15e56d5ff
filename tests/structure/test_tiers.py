"""`bin/test` and `bin/test --longer` together are everything, and what starts a whole program waits for the second."""

import ast
import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (ROOT / "bin" / "test").read_text()
EXPRESSION = re.compile(r'run_tests_at "" \+400 .*-m "([^"]+)"')

# What starts databases, servers or workers of a test's own. Not `product`: it is forked within a tenth of a second.
STARTING = {
    *("tests.processes.Program", "tests.other_server", "tests.pooler", "tests.replica", "tests.jobs.killed_worker"),
    *("tests.database.folders.data_folder", "tests.backups.places.empty_database", "tests.proxies.running"),
    *("stampwell.database.running_server", "tests.drills"),
}
# What they start is a few lines of Python, or is quick for another reason.
QUICK = {
    "backups/test_storage.py",
    "management/test_processes.py",
}


def modules() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def named_in(source: str) -> set[str]:
    """Whatever the module imports, as `package.module` and as `package.module.name`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def starts_programs(source: str) -> bool:
    if not any(one.rpartition(".")[2] in source for one in STARTING):
        return False  # most modules; to take one apart takes milliseconds
    return any(name == one or name.startswith(f"{one}.") for name in named_in(source) for one in STARTING)


def test_what_starts_whole_programs_is_long_or_a_drill() -> None:
    usual = {
        str(path.relative_to(ROOT / "tests"))
        for path in modules()
        if starts_programs(path.read_text()) and not re.search(r"mark\.(long|drill)\b", path.read_text())
    }

    assert usual == QUICK


def test_every_test_but_a_long_drill_is_in_exactly_one_of_both_runs() -> None:
    usual, longer = EXPRESSION.findall(SCRIPT)

    for long, drill, short in product((False, True), repeat=3):
        times = sum(bool(eval(run, {"long": long, "drill": drill, "short": short})) for run in (usual, longer))
        if drill or not short:  # a short one is a drill
            assert times == (0 if drill and not short else 1), (long, drill, short)


def test_only_drills_are_short() -> None:
    assert [
        str(path) for path in modules() if "mark.short" in (text := path.read_text()) and "mark.drill" not in text
    ] == []


@pytest.mark.parametrize(("script", "said"), [(".ci/run", "/../bin/ci"), ("bin/ci", "set -- --all")])
def test_the_continuous_integration_runs_both(script: str, said: str) -> None:
    text = (ROOT / script).read_text()

    assert said in text
    assert text.count("exec ") == 1
    assert re.search(r"--all\)\n +check_all\n +test_usual\n +test_longer\n", SCRIPT)
