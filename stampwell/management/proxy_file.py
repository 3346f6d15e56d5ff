"""`stampwell proxy`: writes the file with which Caddy or nginx speaks https in front of this installation.

The files in `proxies/` are whole and tried as they are; only address, port and certificate are filled in here.
"""

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from stampwell.environment import (
    Environment,
    EnvironmentTrouble,
    is_on_this_machine,
    read_base_url,
    read_listen,
    write_place,
)
from stampwell.management.tls_files import CertificateTrouble, Pair, read_pair
from stampwell.management.web_process import EVERYWHERE

FILES = Path(__file__).parent / "proxies"
HOST, PLACE, PORT = "cards.example.com", "127.0.0.1:8000", "443"
OF_CERTBOT = f"/etc/letsencrypt/live/{HOST}"
TRUSTED = "STAMPWELL_TRUSTED_PROXIES"


def main(arguments: list[str]) -> int:
    options = _read_options(arguments)
    try:
        pair = _given_pair(options)
        text = proxy_file(options.program, os.environ, pair)
    except (EnvironmentTrouble, CertificateTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(text, end="")
    if not os.environ.get(TRUSTED):
        print(f"Set {TRUSTED}=127.0.0.1 as well, or all visitors count as one.", file=sys.stderr)
    return 0


def _read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stampwell proxy",
        description="Writes to the terminal the file with which a proxy speaks https in front of this installation, "
        "with its address and port: `stampwell proxy caddy > /etc/caddy/Caddyfile`. docs/operating/https.md says more.",
    )
    parser.add_argument("program", choices=("caddy", "nginx"), help="which proxy")
    parser.add_argument("--certificate", metavar="FILE", help="a certificate that you have: your own first, in PEM")
    parser.add_argument("--key", metavar="FILE", help="its key")
    return parser.parse_args(arguments)


def _given_pair(options: argparse.Namespace) -> Pair | None:
    if bool(options.certificate) != bool(options.key):
        raise CertificateTrouble("Name both --certificate and --key, or neither: the proxy then has one of its own.")
    return Pair(Path(options.certificate).absolute(), Path(options.key).absolute()) if options.key else None


def proxy_file(program: str, environment: Environment, pair: Pair | None = None) -> str:
    """The whole file. Raises EnvironmentTrouble or CertificateTrouble where no proxy can stand in front."""
    address = _require_https(environment)
    return (_caddyfile if program == "caddy" else _nginx)(address, _place(environment), pair)


def _require_https(environment: Environment) -> str:
    address = read_base_url(environment)
    if not address.startswith("https://"):
        where = "only this machine opens it" if is_on_this_machine(address) else "nobody speaks https there"
        raise EnvironmentTrouble(
            f"STAMPWELL_BASE_URL is {address}: {where}. Set it to the address that people are to open, such as "
            f"https://{HOST}, and ask again."
        )
    if read_pair(environment):
        raise CertificateTrouble(
            "Stampwell speaks https itself, with STAMPWELL_TLS_CERTIFICATE. Take that and STAMPWELL_TLS_KEY out of the "
            "settings if a proxy is to do it."
        )
    return address


def _place(environment: Environment) -> str:
    """Where the proxy on this machine finds us."""
    host, port = read_listen(environment)
    return write_place((EVERYWHERE.get(host, host), port))


def _caddyfile(address: str, place: str, pair: Pair | None) -> str:
    name = address.removeprefix("https://")
    text = (FILES / "Caddyfile").read_text("utf-8").replace(PLACE, place).replace(HOST, name)
    if pair is None:
        return text
    tls = f"tls {_word(pair.certificate)} {_word(pair.key)}"
    return text.replace(f"{name} {{\n", f"{name} {{\n\t{tls}\n\n")


def _nginx(address: str, place: str, pair: Pair | None) -> str:
    port = urlsplit(address).port
    name = address.removeprefix("https://").removesuffix(f":{port}" if port else "")
    text = (FILES / "nginx.conf").read_text("utf-8").replace(PLACE, place)
    if port:
        text = text.replace(f" {PORT} ssl", f" {port} ssl").replace(f"]:{PORT} ssl", f"]:{port} ssl")
    text = text.replace(f"https://{HOST}", address).replace(HOST, name)
    if pair is None:
        return text
    folder = OF_CERTBOT.replace(HOST, name)
    text = text.replace(f"{folder}/fullchain.pem", _word(pair.certificate))
    return text.replace(f"{folder}/privkey.pem", _word(pair.key))


def _word(file: Path) -> str:
    """One word of either file."""
    text = str(file)
    if {*text} & {*"\"'\\{};#$\n\r"}:
        raise CertificateTrouble(f"Give {file} a name of letters, digits, dots and dashes: proxies misread others.")
    return f'"{text}"' if any(letter.isspace() for letter in text) else text
