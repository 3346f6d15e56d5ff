"""`stampwell setup`: five answers, each looked at at once, become the settings file and, where wanted, a unit."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from stampwell.database import DatabaseTrouble
from stampwell.environment import EnvironmentTrouble
from stampwell.mail.configuration import MailTrouble
from stampwell.management.questions import (
    QUESTIONS,
    AnswerTrouble,
    Question,
    Settings,
    derived_settings,
)
from stampwell.management.settings_file import SettingsTrouble, read_settings
from stampwell.management.settings_text import settings_text
from stampwell.management.systemd_unit import Unit, UnitTrouble, plan_unit
from stampwell.management.writing import write_for

Ask = Callable[[str], str]
PLACE_OF_ROOT, PLACE = Path("/etc/stampwell/stampwell.env"), Path("stampwell.env")
Troubles = (AnswerTrouble, DatabaseTrouble, EnvironmentTrouble, MailTrouble, SettingsTrouble, UnitTrouble)


def main(arguments: list[str], ask: Ask = input) -> int:
    options = _read_options(arguments)
    try:
        set_up(options, ask if _may_ask(options, ask) else None)
    except Troubles as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was written.", file=sys.stderr)
        return 130
    return 0


def _read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stampwell setup",
        description="Asks what an installation needs and writes it into a settings file that only its owner reads. "
        "Each answer may be given as an option, or in the environment variable of the setting; then nobody is asked.",
    )
    for question in QUESTIONS:
        parser.add_argument(question.option, metavar=question.metavar, help=question.help)
    parser.add_argument("--file", type=Path, help=f"the settings file (default: {PLACE}, for root {PLACE_OF_ROOT})")
    parser.add_argument("--certificate", metavar="FILE", help="a certificate of your own: no proxy is needed then")
    parser.add_argument("--key", metavar="FILE", help="the key of that certificate")
    parser.add_argument("--listen", metavar="HOST:PORT", help="where it listens (default: 127.0.0.1:8000)")
    parser.add_argument("--without-https", action="store_true", help="an address that is not https is meant so")
    parser.add_argument(
        "--systemd",
        action="store_true",
        help="write a unit for systemd as well; if the settings file is there and nothing is answered, the unit alone",
    )
    parser.add_argument("--replace", action="store_true", help="replace a settings file and a unit that are there")
    parser.add_argument("--no-questions", action="store_true", help="take the defaults of what is not given")
    return parser.parse_args(arguments)


def _may_ask(options: argparse.Namespace, ask: Ask) -> bool:
    return not options.no_questions and (ask is not input or sys.stdin.isatty())


def set_up(options: argparse.Namespace, ask: Ask | None) -> None:
    """Writes only when every answer is good, each file whole or not at all."""
    file = (options.file or (PLACE_OF_ROOT if os.geteuid() == 0 else PLACE)).absolute()
    if options.systemd and file.exists() and not _answers_anything(options):
        renew_unit(file)
        return
    _require_free(file, options)
    settings = _start(options)
    for question in QUESTIONS:
        settings |= _take_answer(question, _given(question, options), ask, settings)
    settings |= derived_settings(settings)
    text, former = settings_text(settings), _names_in(file)
    unit = plan_unit(file, settings) if options.systemd else None
    if unit:
        _require_free(unit.file, options)
        unit.make_folders()
    write_for(file, text, group=unit.group if unit else None)
    print(f"Written: {file}")
    if left_out := sorted(former - settings.keys()):
        print(f"Not in it any more: {', '.join(left_out)}. What stood there lies in {file}.before.")
    if unit:
        _write_unit(unit)
    print(_next_step(file, unit.commands("enable --now") if unit else None, settings))


def _names_in(file: Path) -> set[str]:
    """Of the settings that are about to be replaced; a file that cannot be read is replaced all the same."""
    try:
        return set(read_settings(file)) if file.exists() else set()
    except SettingsTrouble:
        return set()


def renew_unit(file: Path) -> None:
    """As the settings are now: a folder for backups that was named since, a port, a certificate in a home."""
    unit = plan_unit(file, read_settings(file))
    print(f"The settings in {file} are left as they are.")
    _write_unit(unit)
    print(f"\nNext:\n\n{unit.commands('restart')}")


def _write_unit(unit: Unit) -> None:
    write_for(unit.file, unit.text, mode=0o644)
    print("\n".join([f"Written: {unit.file}", *unit.why_not_written()]))


def _answers_anything(options: argparse.Namespace) -> bool:
    given = {name: value for name, value in vars(options).items() if name not in ("file", "systemd", "no_questions")}
    return any(given.values())


def _require_free(file: Path, options: argparse.Namespace) -> None:
    if file.exists() and not options.replace:
        raise AnswerTrouble(f"{file} is there already, and is left as it is. Change it by hand, or say --replace.")


def _start(options: argparse.Namespace) -> Settings:
    named = {
        "STAMPWELL_TLS_CERTIFICATE": options.certificate,
        "STAMPWELL_TLS_KEY": options.key,
        "STAMPWELL_LISTEN": options.listen,
        "STAMPWELL_WITHOUT_HTTPS": "yes" if options.without_https else None,
    }
    mail = {name: value for name, value in os.environ.items() if name.startswith("STAMPWELL_MAIL_")}
    files = ("STAMPWELL_TLS_CERTIFICATE", "STAMPWELL_TLS_KEY")
    found = {name: value or os.environ.get(name, "") for name, value in named.items()} | mail
    return {name: str(Path(value).absolute()) if name in files else value for name, value in found.items() if value}


def _given(question: Question, options: argparse.Namespace) -> str | None:
    named: str | None = getattr(options, question.option.strip("-").replace("-", "_"))
    return named if named is not None else question.from_environment(os.environ)


def _take_answer(question: Question, given: str | None, ask: Ask | None, so_far: Settings) -> Settings:
    """What was given has to be good. Whoever is asked may try again."""
    if given is not None or ask is None:
        return question.read(question.usual if given is None else given, so_far)
    while True:
        typed = ask(f"{question.text}{f' [{question.usual}]' if question.usual else ''}: ").strip()
        try:
            return question.read(typed or question.usual, so_far)
        except Troubles as trouble:
            print(f"  {trouble}", file=sys.stderr)


def _next_step(file: Path, commands: str | None, settings: Settings) -> str:
    named = "" if file in (PLACE.absolute(), PLACE_OF_ROOT) else f"--settings {file} "
    start = commands or f"    stampwell {named}serve"
    owner = settings.get("STAMPWELL_FIRST_OWNER")
    shown = (
        f"It shows the link with which {owner} opens the first shop."
        if owner
        else (f"Then `stampwell {named}user invite EMAIL` makes the link with which somebody opens the first shop.")
    )
    proxy = (
        ""
        if settings.get("STAMPWELL_TRUSTED_PROXIES") is None
        else (
            f"\nA proxy has to speak https in front of it: `stampwell {named}proxy caddy` (or nginx) writes its file, "
            "and docs/operating/https.md says where to."
        )
    )
    return f"\nNext:\n\n{start}\n\n{shown} `stampwell {named}check` says what is missing.{proxy}"
