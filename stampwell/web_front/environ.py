"""A request as WSGI describes it (PEP 3333)."""

import sys
from functools import lru_cache
from io import BytesIO
from typing import Any

from granian.rsgi import Scope

from stampwell.web_front.answers import SentFile
from stampwell.web_front.held import Whole

type Environ = dict[str, Any]

UNREADABLE_COOKIES = "web_front.unreadable_cookies"  # granian gives no header with letters beyond ASCII

_ALWAYS: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": SentFile,
}


def make_environ(scope: Scope, body: Whole) -> Environ:
    path = scope.path
    environ = {
        **_ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": peer_of(scope),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body) if isinstance(body, bytes) else body.file,
    }
    environ["SERVER_NAME"], environ["SERVER_PORT"] = _place_of(scope.server)
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in scope.headers.items():
        key = _key_of(name)
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        if key:
            environ[key] = value
    if "HTTP_COOKIE" not in environ and "cookie" in scope.headers:
        environ[UNREADABLE_COOKIES] = True
    return environ


def header(scope: Scope, name: str) -> str:
    """All that was said under this name: a proxy may add a line of its own below the one that the visitor sent."""
    return ",".join(value for key, value in scope.headers.items() if key == name)


def peer_of(scope: Scope) -> str:
    return scope.client.rpartition(":")[0].strip("[]")


@lru_cache(maxsize=10)
def _place_of(server: str) -> tuple[str, str]:
    host, _colon, port = server.rpartition(":")
    return host.strip("[]"), port


@lru_cache(maxsize=1000)
def _key_of(name: str) -> str:
    """Empty for what is left out: the body has come, whatever was said of it; and `x_y` would pass for `x-y`."""
    if "_" in name or name in ("content-length", "transfer-encoding", "expect"):
        return ""
    key = name.upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"
