"""`bin/dev`: the whole product on one machine, from an empty folder, until Ctrl-C.

This process imports no Django: the settings read DATABASE_URL, which is known only when the database runs.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hmac import compare_digest
from pathlib import Path

from stampwell.backups.unfinished import why_not_serve
from stampwell.database import DatabaseTrouble, running_server
from stampwell.database.client_environment import client_environment
from stampwell.environment import EnvironmentTrouble, clean_base_url, is_on_this_machine
from stampwell.management import demo_file
from stampwell.management.data_folder import FolderTrouble, empty_data_folder, open_data_folder
from stampwell.management.fingerprints import LOCK, PACKAGE, fingerprint, matches
from stampwell.management.leaving import leave_in_order
from stampwell.management.processes import Program, Programs, stop_leftovers
from stampwell.management.web_process import StartTrouble, wait_for_answers

PUBLISHED = "ten stamps make a coffee"


def main(arguments: list[str] | None = None) -> int:
    options = _read_options(arguments)
    leave_in_order()
    try:
        serve(options)
    except (DatabaseTrouble, EnvironmentTrouble, FolderTrouble, StartTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _say("Stopped.")
    return 0


def serve(options: argparse.Namespace) -> None:
    """Serves until interrupted. Refuses before it touches anything if the port or the folder is taken."""
    data_dir, port = options.data.absolute(), options.port
    base, host = choose_address(options.base_url, port, share=options.share)
    if trouble := why_not_serve(data_dir):
        raise StartTrouble(trouble)
    stop_leftovers(data_dir)
    _require_free_port(host, port)
    if options.fresh:
        empty_data_folder(data_dir)
    open_data_folder(data_dir)
    with _database(data_dir) as url:
        environment = {
            **_surroundings(url),
            "STAMPWELL_DATA": str(data_dir),
            "STAMPWELL_BASE_URL": base,
            "STAMPWELL_OPEN_SHOPS": os.environ.get("STAMPWELL_OPEN_SHOPS") or "yes",
            "DJANGO_SETTINGS_MODULE": "stampwell.settings",
        }
        prepare(environment, data_dir)
        if options.share:
            refuse_published_password(demo_file.read(demo_file.place_in(data_dir)))
        with (
            _wallets(data_dir, options) as wallets,
            _running_programs(environment | wallets, data_dir, host, port) as (programs, web),
        ):
            wait_for_answers(web, host, port)
            programs.start("worker", sys.executable, "-m", "stampwell", "worker")
            _print_block(demo_file.read(demo_file.place_in(data_dir)), data_dir)
            while True:
                time.sleep(0.2)
                programs.look_after()


def _read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/dev", description="Sets everything up and serves Stampwell on this machine until Ctrl-C."
    )
    parser.add_argument("--port", type=_port, default=8000, help="default: 8000")
    parser.add_argument("--data", type=Path, default=Path("var"), help="the data folder (default: var)")
    parser.add_argument("--fresh", action="store_true", help="begin again with an empty data folder")
    parser.add_argument(
        "--base-url",
        default="",
        help="the address that other devices use, such as http://192.168.1.20:8000; only with --share",
    )
    parser.add_argument(
        "--share",
        action="store_true",
        help="let other devices in this network open the demo, under the address of this machine there",
    )
    parser.add_argument(
        "--doubles",
        action="store_true",
        help="run stand-ins of Apple's push service and of Google, and tell what they are asked",
    )
    return parser.parse_args(arguments)


def choose_address(given: str, port: int, *, share: bool) -> tuple[str, str]:
    """The address of the demo, and where to listen: for this machine alone, unless somebody means others as well."""
    base = clean_base_url(given, "--base-url") if given else f"http://127.0.0.1:{port}"
    if is_on_this_machine(base) and not share:
        return base, "127.0.0.1"
    if not share:
        raise StartTrouble(
            f"{base} would show the demo to others: its link for scanners lets every device in. If you mean that, add "
            "--share. Real customers are served by `stampwell serve` (docs/operating/install.md)."
        )
    return (f"http://{_address_in_network()}:{port}" if is_on_this_machine(base) else base), "0.0.0.0"  # noqa: S104


def refuse_published_password(demo: demo_file.Demo) -> None:
    """Demos of earlier releases all had the same one, which stands in their code."""
    owner = demo["owner"]
    if isinstance(owner, dict) and compare_digest(str(owner["password"]), PUBLISHED):
        raise StartTrouble("This demo has a password that everybody can know. Begin a new one with --fresh.")


def _address_in_network() -> str:
    """By which of its addresses this machine would go out; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as error:
            raise StartTrouble("This machine is in no network, so the demo cannot be shared.") from error
        address: str = probe.getsockname()[0]
        return address


def _port(text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _database(data_dir: Path) -> AbstractContextManager[str]:
    given = os.environ.get("DATABASE_URL")
    return nullcontext(given) if given else running_server(data_dir, _say)


def _surroundings(url: str) -> dict[str, str]:
    """What is set for a database of one's own, such as PGSSLROOTCERT, is meant for it."""
    return dict(os.environ) if os.environ.get("DATABASE_URL") else client_environment(url)


def prepare(environment: dict[str, str], data_dir: Path) -> None:
    """Does what `preparing` does, unless nothing has changed since it was done for this folder. Another address is
    no change: only the demo's links have it.

    Once a day it is done anyway, for what ends by the calendar, such as certificates; and always on a
    database that is not this folder's own, which may be another one than last time.
    """
    stamp = data_dir / "prepared"
    wanted = prepared_from(data_dir)
    demo = demo_file.place_in(data_dir)
    if "DATABASE_URL" not in os.environ and demo.exists() and matches(stamp, wanted):
        demo_file.move(demo, environment["STAMPWELL_BASE_URL"])
        return
    stamp.unlink(missing_ok=True)
    done = subprocess.run([sys.executable, "-m", "stampwell.management.preparing"], env=environment)
    if done.returncode:
        raise StartTrouble("The set-up failed; the reason is above. After the repair, start again.")
    stamp.write_text(wanted)


def prepared_from(data_dir: Path) -> str:
    """Changes with everything that `preparing` is made from, and every day."""
    parts = [PACKAGE / part for part in ("locale", "management", "migrations", "static")]
    return fingerprint([*parts, LOCK], data_dir, time.strftime("%Y-%m-%d"))


def _wallets(data_dir: Path, options: argparse.Namespace) -> AbstractContextManager[dict[str, str]]:
    return running_doubles(data_dir) if options.doubles else nullcontext({})


@contextmanager
def running_doubles(data_dir: Path) -> Iterator[dict[str, str]]:
    """The settings that lead to them. They come with the repository's tests, and end when their input does."""
    repository = PACKAGE.parent
    if not (repository / "tests" / "doubles").is_dir():
        raise StartTrouble("The stand-ins of Apple and Google come with the repository: start bin/dev there.")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.doubles", str(data_dir)],
        cwd=repository,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        if not (line := process.stdout.readline()):
            raise StartTrouble("The stand-ins of Apple and Google did not start; the reason is above.")
        yield json.loads(line) | {"STAMPWELL_OFFER_DEVELOPMENT_WALLETS": "1"}
        # Its input is closed on the way out: it ends by itself.


@contextmanager
def _running_programs(
    environment: dict[str, str], data_dir: Path, host: str, port: int
) -> Iterator[tuple[Programs, Program]]:
    programs = Programs(data_dir, environment, _say)
    try:
        web = programs.start("web", sys.executable, "-m", "stampwell.web_server", f"{host}:{port}")
        yield programs, web
    finally:
        _say("Stopping.")
        programs.stop()


def _require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise StartTrouble(f"Port {port} is reserved by the system. Choose one with --port.") from error
        except OSError as error:
            raise StartTrouble(
                f"Port {port} is taken by another program. Stop that one, or choose another port: "
                f"bin/dev --port {port + 1}"
            ) from error


def _print_block(demo: dict[str, object], data_dir: Path) -> None:
    owner, card = demo.get("owner"), demo.get("card")
    assert isinstance(owner, dict)
    assert isinstance(card, dict)
    print(
        "\n".join(
            [
                "",
                "  Stampwell is running. Open:",
                f"    owner      {demo['base_url']}/",
                f"    scanner    {demo['scanner_url']}",
                f"    kiosk      {demo['kiosk_url']}",
                f"    autopilot  {demo['autopilot_url']}",
                f"    join page  {demo['join_url']}",
                f"    a card     {card['web_url']}",
                "",
                f"  Log in as    {owner['email']}  with  {owner['password']}",
                f"  Staff PIN    {demo['staff_pin']}",
                *_of_shared(str(demo["base_url"])),
                f"  Everything else is in {demo_file.place_in(data_dir)}",
                "",
                "  Ctrl-C stops everything.",
                "",
            ]
        ),
        flush=True,
    )


def _of_shared(base: str) -> list[str]:
    if is_on_this_machine(base):
        return []
    told = ["", "  Everybody in this network can open it. End it when you have shown it."]
    return told if base.startswith("https://") else [*told, "  Without https the scanner's camera stays off on phones."]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
