"""What must be true before the product is served: catalogues, static files, tables, wallet keys, a demo.

`python -m stampwell.management.preparing` does what is not done yet, in one process, and nothing else.
It needs DATABASE_URL, STAMPWELL_DATA and STAMPWELL_BASE_URL in its environment.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management.base import BaseCommand

from stampwell.database import DatabaseTrouble
from stampwell.environment import is_checkout
from stampwell.log_lines import say
from stampwell.management import demo_file
from stampwell.management.fingerprints import LOCK, fingerprint, matches
from stampwell.management.maintenance import lift_statement_limit
from stampwell.management.refused import refusals_explained


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    django.setup()
    lift_statement_limit()
    try:
        with refusals_explained():
            trouble = make_ready(clock_is_right=True)  # the demo does not mind one that was ahead
    except DatabaseTrouble as refused:
        trouble = str(refused)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    if trouble := prepare_demo(settings.DATA_DIR, settings.BASE_URL):
        print(trouble, file=sys.stderr)
    return 1 if trouble else 0


def make_ready(*, clock_is_right: bool) -> str:
    """What is wrong, or "". May be killed at any moment and begun again; a refusal has changed no table."""
    from stampwell.installation import find_misfit, remember_keys
    from stampwell.management.pooling import find_wrong_address

    if misfit := find_wrong_address() or find_misfit(clock_is_right=clock_is_right) or _why_not_pooled():
        return misfit
    prepare_files()
    prepare_database()
    remember_keys()
    return ""


def prepare_files() -> None:
    """Collects the static files if they have changed. In a checkout the message catalogues are compiled, too; an
    installed program has them, in a folder that it often may not write to.
    """
    if is_checkout():
        from stampwell.languages.catalogues import compile_catalogues

        compile_catalogues()
    stamp = settings.DATA_DIR / "static.made-from"
    wanted = fingerprint([*settings.STATICFILES_DIRS, LOCK], settings.STATIC_ROOT)
    if settings.STATIC_ROOT.exists() and matches(stamp, wanted):
        return
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


def prepare_database(migrate: BaseCommand | str = "migrate") -> None:
    """Migrates if there is something to migrate, and says what a cluster lacks."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from stampwell.installation.indexes import mend_indexes
    from stampwell.management.distributing import find_trouble

    with _one_at_a_time():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command(migrate, interactive=False, verbosity=0)
        mend_indexes(say)
    for trouble in find_trouble():
        say(trouble)


def _why_not_pooled() -> str:
    """The role is limited first: a pooler keeps a connection for long, with what was in force when it was opened."""
    from stampwell.management.pooling import find_wrong_pooler, limit_role

    if settings.DATABASE_POOLER_URL:
        with _one_at_a_time():
            limit_role()
    return find_wrong_pooler()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two machines that start at once do not both make the same table: one waits, and finds nothing left to do.

    The lock is that of a transaction: one of a session would stay with the pooler when this process is gone.
    """
    from django.db import connections

    watcher = connections.create_connection("default")
    try:
        watcher.ensure_connection()
        watcher.set_autocommit(autocommit=False)
        with watcher.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('stampwell migrates'))")
        yield
    finally:
        watcher.close()


def prepare_demo(data_dir: Path, base_url: str) -> str:
    """Makes the wallet's development certificates and a demo shop, and writes what opens it to demo.json.

    Why not, or "": a database that holds shops already gets none whose password is on somebody's screen.
    """
    from stampwell.management.demo import seed_demo
    from stampwell.management.demo_history import live
    from stampwell.merchants.models import Merchant
    from stampwell.wallet.apple.development_chain import make_development_chain
    from stampwell.wallet.configuration import development_folder
    from stampwell.wallet.google.account import make_development_account

    chain = make_development_chain(development_folder())  # also later: what has expired is made anew
    make_development_account(development_folder())
    file = demo_file.place_in(data_dir)
    if file.exists():
        demo_file.move(file, base_url)
    elif Merchant.objects.exists():
        return (
            f"The database holds shops, but {file} is not there: these are no demo of this folder. Serve them with "
            "`stampwell serve`, or give bin/dev an empty database."
        )
    else:
        demo, cafe = seed_demo(base_url)
        demo_file.write(file, {**demo, "wallet_ca": str(chain.root)})
        live(cafe)  # last: a demo without a history can be opened, one without its file cannot
    return ""


if __name__ == "__main__":
    sys.exit(main())
