"""What must be true before the product is served: catalogues, static files, tables, wallet keys, a demo.

`python -m stampwell.management.preparing` does what is not done yet, in one process, and nothing else.
It needs DATABASE_URL, STAMPWELL_DATA and STAMPWELL_BASE_URL in its environment.
"""

import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

from stampwell.management.fingerprints import LOCK, fingerprint, matches

Demo = dict[str, object]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stampwell.settings")
    django.setup()
    prepare_files()
    prepare_database()
    prepare_demo(settings.DATA_DIR, settings.BASE_URL)
    return 0


def prepare_files() -> None:
    """Compiles the message catalogues and collects the static files, if their sources have changed."""
    from stampwell.languages.catalogues import compile_catalogues

    compile_catalogues()
    stamp = settings.DATA_DIR / "static.made-from"
    wanted = fingerprint([*settings.STATICFILES_DIRS, LOCK], settings.STATIC_ROOT)
    if settings.STATIC_ROOT.exists() and matches(stamp, wanted):
        return
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


def prepare_database() -> None:
    """Migrates if there is something to migrate, and says what a cluster lacks."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    from stampwell.management.cluster import find_trouble

    for trouble in find_trouble():
        print(trouble, file=sys.stderr)


def prepare_demo(data_dir: Path, base_url: str) -> None:
    """Makes the wallet's development certificates and a demo shop, and writes what opens it to demo.json."""
    from stampwell.management.demo import seed_demo
    from stampwell.wallet.apple.development_chain import make_development_chain
    from stampwell.wallet.configuration import development_folder
    from stampwell.wallet.google.account import make_development_account

    chain = make_development_chain(development_folder())  # also later: what has expired is made anew
    make_development_account(development_folder())
    file = data_dir / "demo.json"
    if file.exists():
        _move_demo(file, base_url)
    else:
        _write_demo(file, {**seed_demo(base_url), "wallet_ca": str(chain.root)})


def _move_demo(file: Path, base_url: str) -> None:
    """The same shop at another address: only the links change."""
    text = file.read_text()
    former = json.loads(text)["base_url"]
    if former != base_url:
        _write_demo(file, json.loads(text.replace(former, base_url)))


def _write_demo(file: Path, demo: Demo) -> None:
    fresh = file.with_suffix(".fresh")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(json.dumps(demo, indent=2, ensure_ascii=False) + "\n")
    fresh.replace(file)


if __name__ == "__main__":
    sys.exit(main())
