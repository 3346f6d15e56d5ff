"""What the environment says about this installation, read into values, and a sentence where it cannot be meant."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

Environment = Mapping[str, str]
CHECKOUT = Path(__file__).resolve().parent.parent
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
USUAL_ADDRESS = "http://127.0.0.1:8000"
USUAL_LISTEN = "127.0.0.1:8000"
_RATE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
YES, NO = ("1", "yes", "true", "on"), ("", "0", "no", "false", "off")


class EnvironmentTrouble(Exception):
    """A setting cannot be meant as it is; the text says what to write."""


def read_data_folder(environment: Environment) -> Path:
    """Of an installed program nobody would look for the data among its code, so there it has to be said."""
    if given := environment.get("STAMPWELL_DATA"):
        return Path(given).absolute()
    if is_checkout():
        return CHECKOUT / "var"
    raise EnvironmentTrouble(
        "Where is the data? Set STAMPWELL_DATA to the folder that keeps it, in the environment or in a settings file. "
        "`stampwell setup` makes both."
    )


def is_checkout() -> bool:
    return (CHECKOUT / "pyproject.toml").exists() and (CHECKOUT / "bin").is_dir()


def read_base_url(environment: Environment) -> str:
    given = environment.get("STAMPWELL_BASE_URL", "").strip()
    return clean_base_url(given, "STAMPWELL_BASE_URL") if given else USUAL_ADDRESS


def clean_base_url(text: str, setting: str) -> str:
    """Scheme, host and port as browsers write them; what else stands in an address has no place in ours."""
    advice = "Write the address that people open and nothing behind it, such as https://cards.example.com"
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise EnvironmentTrouble(f"{setting} “{text}” is no address. {advice}") from None
    if parts.scheme not in ("http", "https"):
        raise EnvironmentTrouble(f"{setting} “{text}” does not begin with https://. {advice}")
    if not host or any(not (letter.isalnum() or letter in "-.:") for letter in host):
        raise EnvironmentTrouble(f"{setting} “{text}” names no host. {advice}")
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise EnvironmentTrouble(f"{setting} “{text}” holds more than a host and a port. {advice}")
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + ("" if port in (None, usual_port(parts.scheme)) else f":{port}")


def usual_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def is_on_this_machine(base_url: str) -> bool:
    return urlsplit(base_url).hostname in ON_THIS_MACHINE


def read_listen(environment: Environment) -> tuple[str, int]:
    """Where the web server listens: host and port, an IPv6 address in brackets."""
    given = environment.get("STAMPWELL_LISTEN", "").strip() or USUAL_LISTEN
    host, colon, port = given.rpartition(":")
    named = host.startswith("[") and host.endswith("]")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536) or (
        ":" in host and not named
    ):
        raise EnvironmentTrouble(
            f"STAMPWELL_LISTEN is an address and a port such as {USUAL_LISTEN}, [::1]:8000 or 0.0.0.0:443, "
            f"not “{given}”."
        )
    return host.strip("[]"), int(port)


def read_first_owner(environment: Environment) -> tuple[str, str]:
    """Whom to invite while nobody has an account, and in which language; nobody where it is not set."""
    return environment.get("STAMPWELL_FIRST_OWNER", "").strip(), environment.get(
        "STAMPWELL_FIRST_LANGUAGE", "en"
    ).strip()


def read_number(environment: Environment, name: str, usual: int) -> int:
    given = environment.get(name, "").strip()
    if not given:
        return usual
    if not (given.isascii() and given.isdigit()):
        raise EnvironmentTrouble(f"{name} is a whole number such as {usual}, not “{given}”.")
    return int(given)


def read_rate(environment: Environment, name: str, usual: float) -> float:
    """How often in a second; a part of one means less often than that."""
    given = environment.get(name, "").strip()
    if not given:
        return usual
    if not _RATE.fullmatch(given) or not float(given):
        raise EnvironmentTrouble(f"{name} is a number above 0 such as {usual:g} or 0.5, not “{given}”.")
    return float(given)


def read_choice(environment: Environment, name: str, *, usual: bool = False) -> bool:
    given = environment.get(name, "").strip().lower()
    if given in YES:
        return True
    if given and given in NO:
        return False
    if given:
        raise EnvironmentTrouble(f"{name} is “yes” or “no”, not “{given}”.")
    return usual


def read_place(environment: Environment, name: str) -> tuple[str, int] | None:
    """Where to listen; None where nothing is said."""
    given = environment.get(name, "").strip()
    if not given:
        return None
    host, _colon, port = given.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise EnvironmentTrouble(f"{name} is a host and a port such as 127.0.0.1:9464, not “{given}”.")
    return host.strip("[]"), int(port)


def read_addresses(environment: Environment, name: str) -> list[str]:
    """E-mail addresses with commas between."""
    given = [address.strip() for address in environment.get(name, "").split(",") if address.strip()]
    for address in given:
        user, _at, domain = address.rpartition("@")
        if not (user and domain) or not address.isprintable() or any(letter in " <>;" for letter in address):
            raise EnvironmentTrouble(f"{name} is an address such as you@shop.example, or several with commas between.")
    return given
