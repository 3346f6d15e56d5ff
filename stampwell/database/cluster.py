"""Making a new cluster: an `initdb` with passwords, a role and a database for the application."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from stampwell.database.account import Account
from stampwell.database.places import Places, make_private_folder
from stampwell.database.programs import major_of_programs
from stampwell.database.trouble import DatabaseTrouble, EarlierDatabase
from stampwell.whole_files import write_whole

SUPERUSER = "postgres"
ROLE = "stampwell"


def make_cluster(places: Places, programs: Path, account: Account) -> None:
    """Makes the cluster whole or not at all: it gets its name only when the application's role is in it."""
    account.require_name()
    workplace = places.cluster.with_name("cluster-in-the-making")
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, ROLE)}
    for role, password in passwords.items():
        write_whole(places.password(role), password)
    build_cluster(workplace, programs, account, passwords)
    (workplace / "cluster").rename(places.cluster)
    shutil.rmtree(workplace)


def build_cluster(workplace: Path, programs: Path, account: Account, passwords: Mapping[str, str]) -> None:
    """A `cluster` in a folder that is made for it."""
    account.require_name()
    shutil.rmtree(workplace, ignore_errors=True)  # a start that was killed left it behind
    make_private_folder(workplace, account)
    _run_initdb(workplace, programs, account, passwords[SUPERUSER])
    _create_role(workplace / "cluster", programs, account, passwords[ROLE])


def major_of(cluster: Path) -> str:
    try:
        return (cluster / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise DatabaseTrouble(
            f"The database in {cluster} is not whole: its file PG_VERSION cannot be read ({error.strerror}). Bring the "
            "data folder back from a backup (docs/operating/backup.md)."
        ) from error


def check_version(cluster: Path, programs: Path, account: Account) -> None:
    """Refuses a cluster of another major version, which these programs could not read."""
    made_by, ours = major_of(cluster), major_of_programs(programs, account)
    if made_by == ours:
        return
    told = f"The database in {cluster} was made by PostgreSQL {made_by}; this release brings {ours}. "
    if made_by.isdecimal() and int(made_by) > int(ours):
        raise DatabaseTrouble(f"{told}Install the newer release again: an older one cannot read it.")
    raise EarlierDatabase(f"{told}`stampwell upgrade` brings it over (docs/operating/upgrade.md).")


def _run_initdb(workplace: Path, programs: Path, account: Account, password: str) -> None:
    password_file = workplace / "password"
    write_whole(password_file, password)
    if not account.is_caller:
        os.chown(password_file, account.uid, account.gid)
    _require(
        account.run(
            str(programs / "initdb"),
            f"--pgdata={workplace / 'cluster'}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # the same order of letters on every machine
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        )
    )


def _create_role(cluster: Path, programs: Path, account: Account, password: str) -> None:
    """In single-user mode: there is no server yet that anybody could connect to.

    The application may create databases (its tests do) but is no superuser.
    """
    alone = [str(programs / "postgres"), "--single", "-j", "-D", str(cluster), "template1"]
    statements = (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';",
        f"CREATE DATABASE {ROLE} OWNER {ROLE};",
    )
    _require(account.run(*alone, typed="".join(f"{statement}\n\n" for statement in statements)))


def _require(done: subprocess.CompletedProcess[str]) -> None:
    # Single-user mode answers 0 even when a statement failed.
    if done.returncode or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        raise DatabaseTrouble(f"The database could not be set up: {_reason(done.stderr or done.stdout)}")


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search("error|ERROR|FATAL|could not", line)]
    return (telling or lines or ["it gave no reason"])[0]
