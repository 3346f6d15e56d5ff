"""The yardstick of the database: pgbench with prepared statements, eight clients, one statement a transaction."""

import re
import resource
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import Spending
from bench.serving import database_seconds

CLIENTS = 8
# What the product keeps under an idempotency key beside the effect `done`: as large, and a key of its own each time.
KEPT_ANSWER = """
    INSERT INTO stored_answer (merchant_id, id, idempotency_key, fingerprint, status, body, created)
    SELECT '{merchant}', uuidv7(), lpad((:n)::text, 32, 'y'), '{fingerprint}', 201, '{body}', now() FROM done
"""
# Each client counts through its own numbers, so that no row is taken twice.
_COUNT = "\\set i :i + 1\n\\set n :first + :i * 8 + :client_id\n"


@dataclass
class Yardstick:
    """A statement that may use `:n`, a number that grows from `first` on and is never given twice."""

    program: str
    url: str
    script: Path
    statement: str
    next: int = 0
    done: int = 0
    spent: Spending = field(default_factory=Spending)

    def __post_init__(self) -> None:
        self.script.write_text(f"{_COUNT}{' '.join(self.statement.split())};\n")

    def run(self, seconds: float) -> float:
        """Transactions a second, each durable when it is counted."""
        # Whole seconds only, and numbers up to which no earlier slice has come.
        command = [self.program, "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2"]
        given = [f"--time={seconds:.0f}", f"--define=first={self.next}", "--define=i=-1", f"--file={self.script}"]
        database, client = database_seconds(), _client_seconds()
        told = subprocess.run([*command, *given, self.url], capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        done = int(_figure(r"actually processed: (\d+)", told.stdout))
        self.spent.add(done, PostgreSQL=database_seconds() - database, pgbench=_client_seconds() - client)
        self.done += done
        assert _figure(r"failed transactions: (\d+)", told.stdout) == 0, told.stdout
        self.next += _reach(told.stdout)
        return _figure(r"tps = ([\d.]+)", told.stdout)


def _client_seconds() -> float:
    """Of the processes that we started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reach(told: str) -> int:
    """How far the numbers have gone at most; whoever counts the rows afterwards notices one that came twice."""
    return int(1.3 * _figure(r"actually processed: (\d+)", told)) + 100 * CLIENTS


def _figure(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, text
    return float(found[1])
