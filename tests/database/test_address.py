"""DATABASE_URL is read as PostgreSQL's own programs read it."""

import psycopg
import pytest

from stampwell.database import DatabaseTrouble
from stampwell.database.address import Address, read_address, read_pooler_address

LIMITS = "-c lock_timeout=5s -c statement_timeout=15s"
OURS: dict[str, str | int | None] = {"prepare_threshold": 1, "options": LIMITS}


def test_every_part_is_decoded_once() -> None:
    read = read_address("postgresql://ad%40a:p%2Fa%25s%3Fs%20+@db.example:6543/caf%C3%A9%20lume")

    assert read == Address("db.example", "6543", "ad@a", "p/a%s?s +", "café lume", OURS)


def test_the_query_is_decoded_too() -> None:
    read = read_address("postgres://u@h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Fca+1.pem&application_name=")

    assert read.options == {
        **OURS,
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ssl/ca+1.pem",
        "application_name": "",
    }


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("endpoint%3Dep-1", "endpoint=ep-1"),
        ("-c%20statement_timeout%3D60s", "-c statement_timeout=60s"),  # the last one counts
        ("", ""),
    ],
)
def test_options_that_a_host_demands_come_beside_our_limits(given: str, wanted: str) -> None:
    assert read_address(f"postgresql://u@h/d?options={given}").options["options"] == f"{LIMITS} {wanted}".strip()


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://u@h/d", "h", ""),
        ("postgresql://u@[::1]:6543/d", "::1", "6543"),
        ("postgresql://u@one:5432,two:5433/d", "one,two", "5432,5433"),
        ("postgresql://u@/d?host=/run/my%20folder&port=6543", "/run/my folder", "6543"),
        ("postgresql://u@%2FRun%2Fpg/d", "/Run/pg", ""),
        ("postgresql:///d", "", ""),
    ],
)
def test_hosts_of_every_kind_are_found(url: str, host: str, port: str) -> None:
    read = read_address(url)

    assert (read.host, read.port) == (host, port)


@pytest.mark.parametrize("password", ["pa#ss", "pa:ss", "pa@ss", "[pass", "pass]"])
def test_a_sign_in_the_password_that_leaves_no_doubt_need_not_be_encoded(password: str) -> None:
    read = read_address(f"postgresql://u:{password}@h:5432/d")

    assert (read.user, read.password, read.host, read.name) == ("u", password, "h", "d")


def test_a_database_without_a_name_is_the_users() -> None:
    assert read_address("postgresql://u@h").name == "u"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("mysql://u:p@h/d", "is not the address of a PostgreSQL"),
        ("h/d", "is not the address of a PostgreSQL"),
        ("postgresql:d", "is not the address of a PostgreSQL"),
        ("postgresql://u:p@h:abc/d", "port in DATABASE_URL is not a number"),
        ("postgresql://u:p@h:70000/d", "port in DATABASE_URL is not a number"),
        ("postgresql://u:p@h:٥٤٣٢/d", "port in DATABASE_URL is not a number"),
        ("postgresql://u:pa/ss@h/d", "is written as %2F"),
        ("postgresql://u:12/34@h/d", "is written as %2F"),
        ("postgresql://u:pa?ss@h/d", "is written as %2F"),
        ("postgresql://u:p@h/d?schema=public", "sets “schema”"),
        ("postgresql://u:p@h/d?pgbouncer=true", "sets “pgbouncer”"),
        ("postgresql://u:p@h/d?prepare_threshold=often", "a number or “none”"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_in_a_sentence(url: str, what: str) -> None:
    with pytest.raises(DatabaseTrouble, match=what) as refused:
        read_address(url)

    assert "pass" not in str(refused.value).replace("password", "")


@pytest.mark.parametrize(("said", "threshold"), [("none", None), ("0", 0), ("5", 5)])
def test_statements_need_not_be_prepared(said: str, threshold: int | None) -> None:
    assert read_address(f"postgresql://u@h/d?prepare_threshold={said}").options["prepare_threshold"] == threshold


def test_the_driver_takes_every_option() -> None:
    """It would refuse a name that it does not know before it asks anybody."""
    read = read_address("postgresql://u@h/d?sslmode=disable&connect_timeout=1&target_session_attrs=any")

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="/nowhere", **read.options)  # type: ignore[arg-type]


def test_a_pooler_gets_no_options_and_prepares_nothing_unless_its_address_says_so() -> None:
    plain = read_pooler_address("postgresql://u@h:6432/d")
    asked = read_pooler_address("postgresql://u@h:6432/d?prepare_threshold=1&options=-c%20geqo%3Doff")

    assert plain == Address("h", "6432", "u", "", "d", {"prepare_threshold": None})
    assert asked.options == {"prepare_threshold": 1, "options": "-c geqo=off"}
    with pytest.raises(DatabaseTrouble, match=r"^STAMPWELL_DATABASE_POOLER is not the address"):
        read_pooler_address("h:6432")
