"""Caddy and nginx as Debian brings them, with the very file that `stampwell proxy` writes."""

import os
import random
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from stampwell.management.proxy_file import proxy_file
from tests.certificates import Chain
from tests.processes import Program
from tests.serving import PATIENCE

UNPACKED = Path(__file__).parents[2] / "var" / "tools" / "proxies" / "usr"  # by bin/test --longer
PROGRAMS = {"caddy": UNPACKED / "bin" / "caddy", "nginx": UNPACKED / "sbin" / "nginx"}
# What a file of nginx stands in; Debian's own names folders that only root may write to.
NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/proxy.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    include {folder}/stampwell.conf;
}}
"""


type Change = Callable[[str], str]


def as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Proxy:
    """`plain` is the address without https; `backend` is where the product listens."""

    program: str
    url: str
    plain: str
    backend: str
    root: Path
    log: Path

    def client(self, **options: object) -> httpx.Client:
        """One that trusts the root alone, so that the proxy has to show the whole chain."""
        context = ssl.create_default_context(cafile=str(self.root))
        return httpx.Client(base_url=self.url, verify=context, timeout=PATIENCE, **options)  # type: ignore[arg-type]

    def connect(self) -> ssl.SSLSocket:
        at = httpx.URL(self.url)
        plain = socket.create_connection((at.host, at.port or 443), timeout=PATIENCE)
        return ssl.create_default_context(cafile=str(self.root)).wrap_socket(plain, server_hostname=at.host)


def quiet_port() -> int:
    """Below those that the system gives to whoever connects, so that nobody takes it before the proxy listens."""
    while True:
        port = random.randrange(12_000, 32_000)
        with suppress(OSError), socket.create_server(("", port)):
            return port


def find_program(program: str) -> str | None:
    place = PROGRAMS[program]
    return str(place) if place.exists() else shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def running_proxy(
    program: str, folder: Path, *, address: str, listen: str, chain: Chain, change: Change = as_it_is
) -> Iterator[Proxy]:
    """`address` is that of the settings, with a port that is free; `change` is what somebody did to the file."""
    plain_port = quiet_port()
    settings = {"STAMPWELL_BASE_URL": address, "STAMPWELL_LISTEN": listen}
    text = change(proxy_file(program, settings, chain.pair))
    command = _caddy(folder, text, plain_port) if program == "caddy" else _nginx(folder, text, plain_port)
    log = folder / "proxy.log"
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with log.open("ab") as said:
        process = Program(command, stdout=said, stderr=said, env=surroundings, cwd=folder)
    host = httpx.URL(address).host
    try:
        for port in (httpx.URL(address).port or 443, plain_port):
            _wait_until_it_listens(port, process, log)
        yield Proxy(program, address, f"http://{host}:{plain_port}", f"http://{listen}", chain.root, log)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _caddy(folder: Path, text: str, plain_port: int) -> list[str]:
    ours = f"{{\n\tadmin off\n\thttp_port {plain_port}\n\tgrace_period 1s\n"
    assert "\n{\n" in text
    (folder / "Caddyfile").write_text(text.replace("\n{\n", f"\n{ours}", 1))
    return [find_program("caddy") or "caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def _nginx(folder: Path, text: str, plain_port: int) -> list[str]:
    text = text.replace("listen 80;", f"listen {plain_port};").replace("[::]:80;", f"[::]:{plain_port};")
    (folder / "stampwell.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    return [find_program("nginx") or "nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "proxy.log")]


def _wait_until_it_listens(port: int, process: Program, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionError as error:
            if process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"the proxy does not serve:\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return
