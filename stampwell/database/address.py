"""The addresses of the database, its pooler and its replica, read as PostgreSQL's own programs read them."""

from dataclasses import dataclass, field
from urllib.parse import unquote

from stampwell.database.trouble import DatabaseTrouble

SCHEMES = ("postgresql", "postgres")
DATABASE_URL, POOLER, REPLICA = "DATABASE_URL", "STAMPWELL_DATABASE_POOLER", "STAMPWELL_DATABASE_REPLICA"
WRITTEN_SO = (
    "It looks like postgresql://user:password@host:5432/name. "
    "In the password / is written as %2F, ? as %3F and % as %25."
)
# A statement that waits longer for a lock is answered with "in progress" (`merchant_transaction`).
LIMITS = {"lock_timeout": "5s", "statement_timeout": "15s"}
NAMED_APART = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "name"}


@dataclass
class Address:
    """Where the database is and how it is opened; several hosts stand with commas between, as do their ports."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    name: str = ""
    options: dict[str, str | int | None] = field(default_factory=dict)


def read_address(url: str) -> Address:
    """Everything decoded, in its query as well. Our limits come before the options given, which may say otherwise."""
    return _limited(_read(url, DATABASE_URL), LIMITS)


def read_replica_address(url: str) -> Address:
    """Nothing is written there, also where the address leads to a server that would take it. One that does not let us
    in soon is not waited for.
    """
    limits = {**LIMITS, "statement_timeout": "2s", "default_transaction_read_only": "on"}
    address = _limited(_read(url, REPLICA), limits)
    address.options = {"connect_timeout": 2, **address.options}
    return address


def read_pooler_address(url: str) -> Address:
    """A pooler refuses options, and each transaction may come to another connection of the server, where nothing that
    was prepared is known. So nothing is, unless the address asks for it.
    """
    address = _read(url, POOLER)
    address.options = {"prepare_threshold": None, **address.options}
    return address


def _limited(address: Address, limits: dict[str, str]) -> Address:
    given = " ".join(f"-c {limit}={value}" for limit, value in limits.items())
    address.options = {
        "prepare_threshold": 1,
        **address.options,
        "options": f"{given} {address.options.get('options') or ''}".strip(),
    }
    return address


def _read(url: str, setting: str) -> Address:
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme not in SCHEMES:
        raise DatabaseTrouble(f"{setting} is not the address of a PostgreSQL. {WRITTEN_SO}")
    place, _, query = rest.partition("?")
    server, _, name = place.partition("/")
    sign_in, _, hosts = server.rpartition("@")
    user, _, password = sign_in.partition(":")
    address = Address(user=unquote(user), password=unquote(password), name=unquote(name))
    address.host, address.port = _read_hosts(hosts, setting)
    if "@" in name:
        raise DatabaseTrouble(f"{setting} cannot be read. {WRITTEN_SO}")
    _read_query(query, address, setting)
    address.name = address.name or address.user
    return address


def _read_hosts(hosts: str, setting: str) -> tuple[str, str]:
    pairs = [_read_host(host, setting) for host in hosts.split(",")]
    return ",".join(host for host, _port in pairs), ",".join(port for _host, port in pairs).strip(",")


def _read_host(host: str, setting: str) -> tuple[str, str]:
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    else:
        name, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise DatabaseTrouble(f"The port in {setting} is not a number from 1 to 65535. {WRITTEN_SO}")
    return unquote(name), port


def _read_query(query: str, address: Address, setting: str) -> None:
    from psycopg import pq  # noqa: PLC0415 - the supervisor reads no address with a query, and psycopg is 12 MB

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for pair in filter(None, query.split("&")):
        name, _, value = (unquote(part) for part in pair.partition("="))
        if name in NAMED_APART:
            setattr(address, NAMED_APART[name], value)
        elif name == "prepare_threshold":
            address.options[name] = _read_threshold(value, setting)
        elif name in known:
            address.options[name] = value
        else:
            raise DatabaseTrouble(f"{setting} sets “{name}”, which PostgreSQL's connections do not know. Take it out.")


def _read_threshold(value: str, setting: str) -> int | None:
    if value in ("none", "None", ""):
        return None
    if not value.isdecimal():
        raise DatabaseTrouble(f"{setting} sets prepare_threshold: it is a number or “none”.")
    return int(value)
