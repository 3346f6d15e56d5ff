"""What the environment says about this installation, read into values, and a sentence where it cannot be meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Environment = Mapping[str, str]
Place = tuple[str, int]  # host and port
Network = IPv4Network | IPv6Network
CHECKOUT = Path(__file__).resolve().parent.parent
ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
USUAL_ADDRESS = "http://127.0.0.1:8000"
USUAL_LISTEN = "127.0.0.1:8000"
_RATE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
# Of a file that holds a secret the setting names only the path; a key is usually such a path as well.
_SECRET = re.compile(r"(?:PASSWORD|PASSPHRASE|SECRET|TOKEN)(?!.*_FILE$)")
_KEY = re.compile(r"_KEY$")
_PASSWORD_IN_URL = re.compile(r"//[^/@\s]*:[^/@\s]+@|[?&](?:ssl)?password=[^&\s]")
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]*@|(?<=[?&]password=)[^&\s]+|(?<=[?&]sslpassword=)[^&\s]+")
YES, NO = ("1", "yes", "true", "on"), ("", "0", "no", "false", "off")


class EnvironmentTrouble(Exception):
    """A setting cannot be meant as it is; the text says what to write."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the settings take from the environment; `settings.py` says what each is for."""

    data_dir: Path
    base_url: str
    open_shops: bool
    web_threads: int
    api_requests_a_minute: int
    google_requests_a_second: float
    offer_development: bool
    pseudo: bool
    trusted_proxies: list[Network]
    outgoing_inside: list[Network]
    metrics_address: Place | None
    alarm_to: list[str]
    log_requests: bool


def read_environment(environment: Environment) -> Chosen:
    """Raises EnvironmentTrouble for the first setting that cannot be meant."""
    return Chosen(
        data_dir=read_data_folder(environment),
        base_url=read_base_url(environment),
        open_shops=read_choice(environment, "STAMPWELL_OPEN_SHOPS", usual=is_checkout()),
        web_threads=read_number(environment, "STAMPWELL_WEB_THREADS", 4),
        api_requests_a_minute=read_number(environment, "STAMPWELL_API_REQUESTS_A_MINUTE", 120_000),
        google_requests_a_second=read_rate(environment, "STAMPWELL_GOOGLE_REQUESTS_A_SECOND", 15.0),
        offer_development=read_choice(environment, "STAMPWELL_OFFER_DEVELOPMENT_WALLETS"),
        pseudo=read_choice(environment, "STAMPWELL_PSEUDO"),
        trusted_proxies=read_networks(environment, "STAMPWELL_TRUSTED_PROXIES"),
        outgoing_inside=read_networks(environment, "STAMPWELL_OUTGOING_INSIDE"),
        metrics_address=read_place(environment, "STAMPWELL_METRICS_ADDRESS"),
        alarm_to=read_addresses(environment, "STAMPWELL_ALARM_TO"),
        log_requests=read_choice(environment, "STAMPWELL_LOG_REQUESTS"),
    )


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


def read_listen(environment: Environment) -> Place:
    """Where the web server listens."""
    name = "STAMPWELL_LISTEN"
    return read_place(environment, name) or place_of(USUAL_LISTEN, name)


def read_place(environment: Environment, name: str) -> Place | None:
    """Host and port; None where nothing is said."""
    given = environment.get(name, "").strip()
    return place_of(given, name) if given else None


def place_of(text: str, setting: str) -> Place:
    """An IPv6 address stands in brackets, or its last part would pass for the port."""
    host, colon, port = text.rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 65536
    if not (colon and host.strip("[]") and is_port) or (":" in host and not (host[0] == "[" and host[-1] == "]")):
        raise EnvironmentTrouble(
            f"{setting} is an address and a port such as {USUAL_LISTEN}, [::1]:8000 or 0.0.0.0:443, not “{text}”."
        )
    return host.strip("[]"), int(port)


def write_place(place: Place) -> str:
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_networks(environment: Environment, name: str) -> list[Network]:
    """Addresses and networks, separated by commas: 127.0.0.1, 10.1.2.0/24."""
    given = environment.get(name, "")
    try:
        return [ip_network(part.strip(), strict=False) for part in given.split(",") if part.strip()]
    except ValueError as error:
        raise EnvironmentTrouble(
            f"{name} takes addresses and networks such as 127.0.0.1,10.1.2.0/24: {error}"
        ) from None


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


def read_addresses(environment: Environment, name: str) -> list[str]:
    """E-mail addresses with commas between."""
    given = [address.strip() for address in environment.get(name, "").split(",") if address.strip()]
    for address in given:
        user, _at, domain = address.rpartition("@")
        if not (user and domain) or not address.isprintable() or any(letter in " <>;" for letter in address):
            raise EnvironmentTrouble(f"{name} is an address such as you@shop.example, or several with commas between.")
    return given


def is_secret(name: str, value: str) -> bool:
    """Whether this setting opens something for whoever reads it."""
    by_name = _SECRET.search(name) or (_KEY.search(name) and not value.startswith("/"))
    return bool(value and (by_name or _PASSWORD_IN_URL.search(value)))


def without_credentials(value: str) -> str:
    """An address without who opens it and with which password."""
    return _CREDENTIALS.sub("", value)
