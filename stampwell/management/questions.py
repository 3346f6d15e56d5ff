"""The five things that an installation has to be told, and whether an answer can be meant."""

import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from stampwell.customers.contact import Unfit, read_email
from stampwell.database.account import NAME as SERVING_USER
from stampwell.database.address import read_address
from stampwell.database.explaining import THROUGH_POOLER, explain_refusal, refuse_encoding
from stampwell.database.pooler import connect, shares_connections
from stampwell.environment import (
    Environment,
    clean_base_url,
    is_on_this_machine,
    read_base_url,
    read_choice,
    read_listen,
)
from stampwell.findings import Level
from stampwell.mail.configuration import read_mail
from stampwell.management.start_checks import look_at_address, look_at_certificate, look_at_data

Settings = dict[str, str]
OLDEST_DATABASE = 150_000
_WHAT_IT_IS = "SELECT has_schema_privilege(current_schema(), 'CREATE'), current_setting('server_encoding')"
MAIL_SCHEMES = {"smtp": "starttls", "smtps": "implicit", "smtp+plain": "off"}


class AnswerTrouble(Exception):
    """An answer cannot be meant; the text says what to answer."""


@dataclass(frozen=True)
class Question:
    """`read` gives the settings that the answer means, and looks whether they can work with what is known so far."""

    option: str
    metavar: str
    text: str
    help: str
    usual: str
    names: tuple[str, ...]
    read: Callable[[str, Settings], Settings]

    def from_environment(self, environment: Environment) -> str | None:
        return next((environment[name] for name in self.names if environment.get(name)), None)


def _address(text: str, so_far: Settings) -> Settings:
    if not text:
        raise AnswerTrouble("Under which address do people open it? Name it with --address https://cards.example.com")
    address = clean_base_url(text, "The address")
    settings = so_far | {"STAMPWELL_BASE_URL": address}
    found = [look_at_address(settings), *look_at_certificate(settings)]
    if bad := [finding.text for finding in found if finding.level is Level.RED]:
        raise AnswerTrouble(bad[0])
    return {"STAMPWELL_BASE_URL": address}


def _data(text: str, so_far: Settings) -> Settings:
    if "://" in text:
        _require_database(text)
        keys = os.environ.get("STAMPWELL_DATA") or _usual_data()
        return {**_data(keys, so_far), "DATABASE_URL": text}
    folder = Path(text).expanduser().absolute()
    found = () if _is_served_from(folder) else look_at_data(folder)
    if bad := [finding.text for finding in found if finding.level is Level.RED]:
        raise AnswerTrouble(bad[0])
    return {"STAMPWELL_DATA": str(folder)}


def _is_served_from(folder: Path) -> bool:
    """Root sets up for the user that serves: from the second time on the folder is that user's already."""
    try:
        owner = pwd.getpwuid(folder.stat().st_uid).pw_name
    except (OSError, KeyError):
        return False
    return os.geteuid() == 0 and folder.is_dir() and owner == SERVING_USER


def _require_database(url: str) -> None:
    """What would keep it from being served later is said now. Raises DatabaseTrouble where it is no address."""
    reach = partial(connect, read_address(url))
    try:
        with reach() as connection:
            version = connection.info.server_version
            may_make_tables, encoding = connection.execute(_WHAT_IT_IS).fetchone() or (False, "")
        is_pooled = shares_connections(reach)
    except psycopg.Error as error:
        raise AnswerTrouble(explain_refusal(error)) from None
    if version < OLDEST_DATABASE:
        raise AnswerTrouble(f"The database is PostgreSQL {version // 10_000}. Stampwell needs 15 or newer.")
    if not may_make_tables:
        raise AnswerTrouble("The user may make no tables in that database. Let it own the database.")
    if refused := THROUGH_POOLER if is_pooled else refuse_encoding(encoding):
        raise AnswerTrouble(refused)


def _mail(text: str, so_far: Settings) -> Settings:
    """As an address: smtp://user:password@smtp.example.com:587; or the mail server's name alone."""
    if not text or text == so_far.get("STAMPWELL_MAIL_HOST"):
        return _require_mail(so_far)
    scheme, named, rest = text.partition("://") if "://" in text else ("smtp", "", text)
    scheme = scheme.lower()
    # A password as it was given: what an address would end at, such as a slash, is a letter of it.
    who, _at, where = rest.rpartition("@")
    user, _colon, password = (unquote(part) for part in who.partition(":"))
    server, port = _mail_server(scheme, where)
    host = urlsplit(so_far["STAMPWELL_BASE_URL"]).hostname or ""
    found = {
        "STAMPWELL_MAIL_HOST": server,
        "STAMPWELL_MAIL_PORT": str(port or ""),
        "STAMPWELL_MAIL_TLS": MAIL_SCHEMES[scheme] if named else "",
        "STAMPWELL_MAIL_USER": user,
        "STAMPWELL_MAIL_PASSWORD": password,
        "STAMPWELL_MAIL_FROM": user if "@" in user else f"stampwell@{host}",
    }
    settings = {name: value for name, value in found.items() if value}
    if "STAMPWELL_MAIL_HOST" not in settings:
        raise AnswerTrouble("Which mail server? Name it as smtp://user:password@smtp.example.com:587.")
    _require_mail(settings)
    return settings


def _mail_server(scheme: str, where: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"smtp://{where}")
        port = parts.port
    except ValueError:
        raise AnswerTrouble("The port of the mail server is a number from 1 to 65535.") from None
    if scheme not in MAIL_SCHEMES or parts.path.strip("/") or parts.query or parts.fragment:
        raise AnswerTrouble(
            "A mail server is named as smtp://user:password@smtp.example.com:587, or smtps:// on port 465."
        )
    return parts.hostname or "", port


def _require_mail(settings: Settings) -> Settings:
    """What is set already needs nothing more. Raises MailTrouble where it cannot work."""
    read_mail(settings)
    return {}


def _owner(text: str, so_far: Settings) -> Settings:
    if not text:
        return {}
    try:
        return {"STAMPWELL_FIRST_OWNER": read_email(text)}
    except Unfit:
        raise AnswerTrouble(f"“{text}” is no email address.") from None


def _open_shops(text: str, so_far: Settings) -> Settings:
    meant = read_choice({"STAMPWELL_OPEN_SHOPS": text}, "STAMPWELL_OPEN_SHOPS")
    return {"STAMPWELL_OPEN_SHOPS": "yes" if meant else "no"}


def derived_settings(settings: Settings) -> Settings:
    """What follows from the answers: where to listen, which proxies to believe, whom to call."""
    https = settings["STAMPWELL_BASE_URL"].startswith("https://")
    own = "STAMPWELL_TLS_CERTIFICATE" in settings
    port = urlsplit(settings["STAMPWELL_BASE_URL"]).port
    listen = settings.get("STAMPWELL_LISTEN", "")
    if not listen and own:
        listen = f"0.0.0.0:{port or 443}"
    elif not listen and not https:
        near = is_on_this_machine(read_base_url(settings))
        listen = f"{'127.0.0.1' if near else '0.0.0.0'}:{port or 80}"  # noqa: S104 - others are to reach it
    derived = {"STAMPWELL_LISTEN": listen or "127.0.0.1:8000"}
    read_listen(derived)
    if "STAMPWELL_MAIL_HOST" in settings and (owner := settings.get("STAMPWELL_FIRST_OWNER")):
        derived["STAMPWELL_ALARM_TO"] = owner  # with a small shop the owner is who runs the server, or knows who does
    return derived | ({"STAMPWELL_TRUSTED_PROXIES": "127.0.0.1"} if https and not own else {})


def _usual_data() -> str:
    return "/var/lib/stampwell" if os.geteuid() == 0 else str(Path("stampwell-data").absolute())


QUESTIONS = (
    Question(
        "--address",
        "URL",
        "The address that people open, such as https://cards.example.com",
        "the address that people open; links and QR codes begin with it",
        "",
        ("STAMPWELL_BASE_URL",),
        _address,
    ),
    Question(
        "--data",
        "PLACE",
        "Where the data lies: a folder, or postgresql://user:password@host/name of your own",
        "a folder for everything, or the address of a PostgreSQL of your own",
        _usual_data(),
        ("DATABASE_URL", "STAMPWELL_DATA"),
        _data,
    ),
    Question(
        "--mail",
        "SERVER",
        "Mail server, as smtp://user:password@smtp.example.com:587 (nothing: no mail for now)",
        "the mail server, as smtp://user:password@host:587 or smtps://…:465; without it nobody gets a new password",
        "",
        ("STAMPWELL_MAIL_HOST",),
        _mail,
    ),
    Question(
        "--owner",
        "EMAIL",
        "Email address of who opens the first shop",
        "who is invited to open the first shop",
        "",
        ("STAMPWELL_FIRST_OWNER",),
        _owner,
    ),
    Question(
        "--open-shops",
        "yes|no",
        "May strangers open shops on this server? yes or no",
        "whether strangers may open shops on this server (default: no)",
        "no",
        ("STAMPWELL_OPEN_SHOPS",),
        _open_shops,
    ),
)
