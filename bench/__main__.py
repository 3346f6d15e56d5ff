"""`bin/bench [--strict] [NAME…]`: measures, and prints each figure with its yardstick, their ratio and its limit."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import django

from bench.figures import Figure, describe_load, describe_machine

type Measure = Callable[[str, Path], Figure | list[Figure]]

BENCHMARKS = {
    "redemptions": "bench.redeeming:measure_redemptions",
    "stamps": "bench.stamping:measure_stamps",
    "scans": "bench.stamping:measure_scans",
    "reads": "bench.reading:measure_reads",
    "passes": "bench.signing:measure_passes",
    "pushes": "bench.pushing:measure_pushes",
    "memory": "bench.keeping:measure_memory",
    "ledger": "bench.growing:measure_ledger",
    "backup": "bench.backing_up:measure_backup",
    "start": "bench.starting:measure_start",
    "idle": "bench.starting:measure_idle",
    "desk": "bench.desk:measure_desk",
    "search": "bench.searching:measure_search",
    "cards": "bench.listing:measure_listing",
    "journal": "bench.journaling:measure_journal",
    "followers": "bench.following:measure_followers",
    "crowds": "bench.crowding:measure_crowds",
    "stations": "bench.stations:measure_stations",
    "batches": "bench.stations:measure_batches",
    "receipts": "bench.claiming:measure_receipts",
    "camera": "bench.camera:measure_camera",
    "import": "bench.importing:measure_import",
    "handout": "bench.handing_out:measure_handout",
    "codes": "bench.stocking:measure_codes",
    "vouchers": "bench.growing:measure_vouchers",
    "rounds": "bench.returning:measure_rounds",
    "reconciliation": "bench.reconciling:measure_reconciliation",
}


def main() -> int:
    options = _read_options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    print(describe_machine(), flush=True)
    connection.close()
    figures = [figure for name in options.names or BENCHMARKS for figure in _measure(name)]
    missed = [figure.name for figure in figures if not figure.is_kept]
    if missed:
        print(f"Beyond the limit: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed and options.strict else 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Measures what we promise, each figure against its yardstick in the same run."
    )
    parser.add_argument("--strict", action="store_true", help="fail when a figure is beyond its limit")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return options


def _measure(name: str) -> list[Figure]:
    module, _colon, function = BENCHMARKS[name].partition(":")
    measure: Measure = getattr(import_module(module), function)
    with tempfile.TemporaryDirectory() as folder:
        told = measure(os.environ["DATABASE_URL"], Path(folder))
    figures = told if isinstance(told, list) else [told]
    for figure in figures:
        print(f"{figure} {describe_load()}", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
