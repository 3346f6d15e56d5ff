"""The way to a mail server, with an end to every wait: it may be slow, hang anywhere, or talk without end."""

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

GOODBYE = 1.0  # seconds for the answer to QUIT, which changes nothing


class Unanswered(smtplib.SMTPException):
    """The server did not say whether it took the mail."""


class Watch:
    """Cuts the connection when its time is over, whatever is read or written on it at that moment."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.is_over = False
        self._connection = connection.dup()  # it stays ours when TLS takes the first one away
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        self._timer.cancel()
        self._connection.close()

    def _cut(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


class Session(smtplib.SMTP):
    """One visit. `whole` is set on the classes that `Server` makes."""

    whole: float
    answer_to_mail: float
    _watch: Watch | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._watch = Watch(connection, self.whole)
        return connection

    def send(self, s: Any) -> None:
        try:
            super().send(s)
        except smtplib.SMTPServerDisconnected as error:
            self._tell_late(error)
            raise

    def getreply(self) -> tuple[int, bytes]:
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            self._tell_late(error)
            raise

    def _tell_late(self, error: Exception) -> None:
        """The library calls everything a connection that was closed."""
        if (self._watch and self._watch.is_over) or isinstance(error.__context__, TimeoutError):
            raise TimeoutError from error

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Servers look into the mail before they answer, which takes longer than another answer."""
        if self.sock:
            self.sock.settimeout(self.answer_to_mail)
        try:
            return super().data(msg)
        except smtplib.SMTPDataError:
            raise
        except OSError as error:
            raise Unanswered from error

    def quit(self) -> tuple[int, bytes]:
        """The mail was taken by then, or not: what becomes of this does not matter."""
        try:
            if self.sock:
                self.sock.settimeout(GOODBYE)
            return super().quit()
        except OSError:
            return 221, b""
        finally:
            self.close()

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self._watch:
                self._watch.end()


class EncryptedSession(smtplib.SMTP_SSL, Session):
    """With TLS from the first byte; the watch is set below it."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Where TLS fails, nobody has a connection yet that could be closed: the watch would go on and keep it open."""
        try:
            return super()._get_socket(host, port, timeout)
        except BaseException:
            self.close()
            raise


class Server(EmailBackend):
    """`timeout` is for each answer, `answer_to_mail` for the one to the mail itself, `whole` for all of a visit."""

    def __init__(self, *, answer_to_mail: float, whole: float, **options: Any) -> None:
        super().__init__(**options)
        self._times = {"answer_to_mail": answer_to_mail, "whole": whole}

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return type("Visit", (EncryptedSession if self.use_ssl else Session,), self._times)
