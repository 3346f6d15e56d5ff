"""A mail server: takes mail from whoever signs in, refuses what it is told to refuse, and keeps what it took."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "hello@lume.example", "many words for the mail"


@dataclass
class MailServer:
    """What it offers, which answers it gives in place of its own, and the mail that it took."""

    port: int = 0
    offers: tuple[str, ...] = ("AUTH PLAIN", "8BITMIME")
    answers: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    is_signed_in: bool = False


class Visit(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it."""

    def handle(self) -> None:
        server: MailServer = self.server.double  # type: ignore[attr-defined]
        self.say("220 lume.example")
        while line := self.rfile.readline().decode(errors="replace").rstrip("\r\n"):
            verb = line.split()[0].upper()
            if verb in server.answers:
                self.say(server.answers[verb])
            elif verb == "EHLO":
                words = ["lume.example", *server.offers]
                for word in words[:-1]:
                    self.say(f"250-{word}")
                self.say(f"250 {words[-1]}")
            elif verb == "AUTH":
                self.sign_in(server, line)
            elif verb == "DATA":
                self.say("354 go on")
                server.mails.append(self.read_mail())
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def sign_in(self, server: MailServer, line: str) -> None:
        server.is_signed_in = base64.b64decode(line.split()[2]).decode() == f"\0{USER}\0{PASSWORD}"
        self.say("235 welcome" if server.is_signed_in else "535 not you")

    def read_mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    with _Listener(("127.0.0.1", 0), Visit) as listener:
        double = MailServer(port=listener.server_address[1])
        listener.double = double  # type: ignore[attr-defined]
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        try:
            yield double
        finally:
            listener.shutdown()
            thread.join()
