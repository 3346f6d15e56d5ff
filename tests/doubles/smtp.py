"""A mail server: takes mail from whoever signs in; refuses, hangs or goes away where it is told to."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "hello@lume.example", "many words for the mail"
# What a visit consists of, besides the verbs: the first words, the handshake of TLS, and the end of a mail.
GREETING, HANDSHAKE, END = "GREETING", "HANDSHAKE", "."


@dataclass
class MailServer:
    """What it offers, which answers it gives in place of its own, and the mail that it took.

    It never answers `hangs_at`, goes away at `leaves_at`, and talks without end at `talks_at`; a mail whose end it
    does not answer it has taken all the same.
    """

    port: int = 0
    offers: tuple[str, ...] = ("AUTH PLAIN", "8BITMIME")
    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    hangs_at: str = ""
    leaves_at: str = ""
    talks_at: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    visits: int = 0
    is_signed_in: bool = False
    was_encrypted: bool = False
    is_over: threading.Event = field(default_factory=threading.Event)


class Gone(Exception):
    """The server has hung up."""


class Visit(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it."""

    @property
    def double(self) -> MailServer:
        double: MailServer = self.server.double  # type: ignore[attr-defined]
        return double

    def handle(self) -> None:
        self.double.visits += 1
        with suppress(Gone, OSError):
            if self.double.is_implicit:
                self.encrypt()
            self.say(GREETING, "220 lume.example")
            while line := self.rfile.readline().decode(errors="replace").rstrip("\r\n"):
                self.answer(line.split()[0].upper(), line)

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the listener closes the one below it

    def answer(self, verb: str, line: str) -> None:
        double = self.double
        if verb == "EHLO" and verb not in double.answers:
            last = "STARTTLS" if double.tls and not isinstance(self.connection, ssl.SSLSocket) else "HELP"
            self.say(verb, "\r\n".join(["250-lume.example", *(f"250-{word}" for word in double.offers), f"250 {last}"]))
        elif verb == "STARTTLS":
            self.say(verb, "220 go on")
            self.encrypt()
        elif verb == "AUTH" and verb not in double.answers:
            double.is_signed_in = base64.b64decode(line.split()[2]).decode() == f"\0{USER}\0{PASSWORD}"
            self.say(verb, "235 welcome" if double.is_signed_in else "535 not you")
        elif verb == "DATA" and verb not in double.answers:
            self.say(verb, "354 go on")
            double.mails.append(self.read_mail())
            self.say(END, "250 taken")
        elif verb == "QUIT":
            self.say(verb, "221 bye")
            raise Gone
        else:
            self.say(verb, "250 fine")

    def encrypt(self) -> None:
        self.stop_at(HANDSHAKE)
        assert self.double.tls
        self.connection = self.double.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.double.was_encrypted = True

    def read_mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise Gone
            lines.append(line.removeprefix(b"."))
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def say(self, what: str, answer: str) -> None:
        self.stop_at(what)
        self.wfile.write(f"{self.double.answers.get(what, answer)}\r\n".encode())

    def stop_at(self, what: str) -> None:
        if what == self.double.hangs_at:
            self.double.is_over.wait()
            raise Gone
        if what == self.double.leaves_at:
            raise Gone
        while what == self.double.talks_at:
            self.wfile.write(b"250-and another thing\r\n")
            if self.double.is_over.wait(0.01):
                raise Gone


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def running_mail_server(*, tls: ssl.SSLContext | None = None, is_implicit: bool = False) -> Iterator[MailServer]:
    with _Listener(("127.0.0.1", 0), Visit) as listener:
        double = MailServer(port=listener.server_address[1], tls=tls, is_implicit=is_implicit)
        listener.double = double  # type: ignore[attr-defined]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield double
        finally:
            double.is_over.set()
            listener.shutdown()
            thread.join()
