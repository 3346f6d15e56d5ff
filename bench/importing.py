"""A million customers out of a file: read, checked, written, and taken back, by a worker in a process of its own."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from bench.figures import LIMITS, Figure
from bench.people import people
from bench.serving import come_to_rest, database_seconds, fresh_database
from bench.shop import Shop
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.imports.asking import Choice, ask_to_check, ask_to_undo, ask_to_write, find_import
from stampwell.imports.checking import judged_rows
from stampwell.imports.lines import Line, LineReader
from stampwell.imports.receiving import receive_file
from stampwell.imports.rows import Checked, ImportRow, Written, report_of
from stampwell.merchants.local_time import local_day
from stampwell.sheets.files import unchanged_file
from stampwell.transactions import merchant_transaction

ROWS = int(os.environ.get("STAMPWELL_BENCH_ROWS", "1000000"))  # fewer show where the processor's time goes
PROMISE = 180.0  # seconds, for looking at every row and writing it
PROMISED_MEMORY = 400.0  # megabytes of the worker
ACTOR = Actor(source="owner")
HEADINGS = "name,email,phone,stamps"


class Took(msgspec.Struct, frozen=True):
    """By a job: seconds of the clock, of the worker's own processor and of PostgreSQL's, and the most memory it had."""

    seconds: float
    processor: float
    megabytes: float
    database: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s ({self.processor:.1f} s of the worker's processor, {self.database:.1f} s of "
            f"PostgreSQL's, {self.megabytes:.0f} MB)"
        )


def measure_import(url: str, _folder: Path, rows: int = ROWS) -> list[Figure]:
    database = fresh_database(url, "bench_import")
    shop = Shop(database, "Import")
    import_id = receive_file(shop.merchant, io.BytesIO(file_of(rows)), name="customers.csv", actor=ACTOR)
    one = find_import(shop.merchant.id, import_id)
    reading = _read(shop, one)
    choice = Choice(
        program_id=shop.terms.program_id, columns=one.fields, encoding=one.encoding, separator=one.separator
    )
    ask_to_check(shop.merchant, import_id, choice, actor=ACTOR)
    checking = _work(url, shop, import_id)
    ask_to_write(shop.merchant, import_id, actor=ACTOR)
    writing = _work(url, shop, import_id)
    _is_counted(shop, import_id)
    ask_to_undo(shop.merchant, import_id, actor=ACTOR)
    undoing = _work(url, shop, import_id)
    assert shop.count("SELECT count(*) FROM card WHERE merchant_id = %(merchant)s AND state = 'active'") == 0
    return _figures(rows, reading, checking, writing, undoing)


def _is_counted(shop: Shop, import_id: UUID) -> None:
    """What was written is what was good; of a million telephones some are twice there."""
    with merchant_transaction(shop.merchant.id) as tx:
        one = find_import(shop.merchant.id, import_id)
        good = report_of(tx, one.check_job_id, Checked).good
        assert good > 0.99 * one.rows
        written = report_of(tx, one.write_job_id, Written)
        assert (written.cards, written.stamps, written.skipped) == (good, _sum(shop), 0)
    assert shop.count("SELECT count(*) FROM card WHERE merchant_id = %(merchant)s") == good


def _sum(shop: Shop) -> int:
    return shop.count("SELECT sum(count) FROM stamp WHERE merchant_id = %(merchant)s")


def _figures(rows: int, reading: float, checking: Took, writing: Took, undoing: Took) -> list[Figure]:
    told = f"{rows:,} rows. Read alone {reading:.1f} s, checked {checking}, written {writing}."
    most = max(checking.megabytes, writing.megabytes, undoing.megabytes)
    whole = checking.seconds + writing.seconds
    return [
        Figure("import", whole, PROMISE, "s", "the promise", LIMITS["import"], grows=True, remarks=told),
        Figure("import_memory", most, PROMISED_MEMORY, "MB", "the promise", LIMITS["import_memory"], grows=True),
        Figure(
            "import_undo", undoing.seconds, writing.seconds, "s", "writing them", LIMITS["import_undo"], grows=True,
            remarks=f"Taken back {undoing}.",
        ),
    ]  # fmt: skip


def file_of(rows: int) -> bytes:
    """As a till writes it; half of them have an address and the others a telephone."""
    return "\n".join([HEADINGS, *_lines(rows), ""]).encode()


def _lines(rows: int) -> Iterator[str]:
    for number, person in enumerate(people(rows, seed=1)):
        email, phone = (person.email, "") if number % 2 else ("", person.phone)
        yield f"{person.name or number},{email},{phone},{number % 9}"


def _read(shop: Shop, one: ImportRow) -> float:
    """Seconds of a processor for the rows alone: no database, nobody else."""
    reader = LineReader(one.fields, goal=shop.terms.goal, today=local_day(shop.merchant, now()))
    file = unchanged_file(shop.merchant.id, one.id, one.digest)
    begun = time.process_time()
    assert sum(isinstance(said, Line) for _row, said in judged_rows(file, one, reader, last=sys.maxsize))
    return time.process_time() - begun


def _work(url: str, shop: Shop, import_id: UUID) -> Took:
    took = work_on_queue(url, shop)
    assert find_import(shop.merchant.id, import_id).state == "done"
    return took


def work_on_queue(url: str, shop: Shop, *, module: str = "bench.import_worker", given: Sequence[object] = ()) -> Took:
    """What is asked for, by a worker in a process of its own, or what another program does."""
    come_to_rest(url)
    environment = {**os.environ, "DATABASE_URL": shop.url}
    command = [sys.executable, "-m", module, *map(str, given)]
    before = database_seconds()
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.structs.replace(msgspec.json.decode(told, type=Took), database=database_seconds() - before)
