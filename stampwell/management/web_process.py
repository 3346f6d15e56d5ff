"""The web server as a process that is waited for: until it answers, or ended before."""

import http.client
import ssl
import time

from stampwell.management.processes import Program

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - whom to ask who listens there


class StartTrouble(Exception):
    """The product cannot be served; the text says why and what to do now."""


def wait_for_answers(web: Program, host: str, port: int, *, https: bool = False) -> None:
    """Until the web server says that it is alive; it is gone if it dies before. That needs no turn and no database."""
    while not _answers(EVERYWHERE.get(host, host), port, https=https):
        if web.is_over():
            raise StartTrouble("The web process ended before it answered; the reason is above.")
        time.sleep(0.02)


def _answers(host: str, port: int, *, https: bool) -> bool:
    connection = _connection(host, port, https=https)
    try:
        connection.request("HEAD", "/health/live")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _connection(host: str, port: int, *, https: bool) -> http.client.HTTPConnection:
    if not https:
        return http.client.HTTPConnection(host, port, timeout=30)
    unnamed = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # we ask ourselves, and not under the name of the certificate
    unnamed.check_hostname, unnamed.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=30, context=unnamed)
