"""Takes secrets out of whatever is written down: the log of the web server and of the worker, and others' words.

A link, a code or a key opens something for whoever reads it, and logs are copied, sent and kept. The path of a page
holds its secret, a database quotes the row that it refuses, and others quote what we sent to them. So everything goes
through here on its way out, and nobody has to think of it where a line is written.
"""

import logging
import re
import sys
import threading
from types import TracebackType

from stampwell.check_signs import check_sign

CUT = "…"
SUSPICIOUS = "django.security."  # how the loggers begin that tell of requests which Django does not take

# Of the alternatives the first that fits counts. Every repetition is bounded or of one class of letters, so that no
# text takes long.
_SECRETS = re.compile(
    r"""
      (?P<kept>\b[a-z]{3}_[0-9a-f]{32}\b)                    # a public id, such as crd_…: it opens nothing
    | \bsk_[a-z0-9-]{1,60}_[0-9A-Za-z]+                      # an API key
    | \bSW1:[0-9:]+                                          # a rotating code
    | (?<![0-9A-Za-z])[0-9a-f]{20,}(?![0-9A-Za-z])           # links, enrolments, push tokens, reset keys
    | (?<![0-9A-Za-z])[0-9A-Z]{20,}(?![0-9A-Za-z])           # codes of cards and vouchers
    | (?<![0-9A-Za-z])r[0-9a-z]{26}(?![0-9A-Za-z])           # the code of a receipt, typed in small letters
    | (?<![0-9A-Za-z])[b-hjklnprstuv]{25,}(?![0-9A-Za-z])    # the same, typed in small letters
    | (?<![0-9A-Za-z_-])[0-9A-Za-z_-]{1,200}(?::|%3A)[0-9A-Za-z]{4,10}(?::|%3A)[0-9A-Za-z_-]{20,}  # what Django signed
    | \b(?:eyJ|ya29\.)[A-Za-z0-9_.~+/=-]+                    # tokens of Google's
    """,
    re.VERBOSE,
)
# The code of a voucher for connected tills, grouped or not. Words have eleven letters too, so the signs have to fit.
_SIGN = "[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]"
_OWN_CODE = re.compile(f"(?<![0-9A-Za-z]){_SIGN}{{4}}[ -]?{_SIGN}{{4}}[ -]?{_SIGN}{{3}}(?![0-9A-Za-z])")
_OF_PEOPLE = re.compile(
    r"""
      (?P<said>\b(?:DETAIL|CONTEXT):\ ).*                    # the database quotes the whole row
    | (?P<wrong>\binvalid\ (?:input\ syntax|literal)\ for\ [^:\n]{1,60}:\ ).*
    | (?P<scheme>\b(?:Bearer|ApplePass|Basic)\ )[^\s'"]+
    | (?P<name>["']?\b(?:pin|password1?|password2|pushToken|authenticationToken|csrfmiddlewaretoken|secret)\b["']?
        \s{0,3}[=:]\s{0,3})["']?[^\s"'&,}]+
    | (?<![\w.+-])[^\s@"'<>()\[\],;:=/?&%]{1,64}(?:@|%40)[^\s@"'<>()\[\],;:=/?&%]{3,250}
    | (?:\+|%2B)[0-9](?:[\ ().-]{0,2}[0-9]){6,14}            # a phone number
    """,
    re.VERBOSE,
)
_SPELT_OUT = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\t"}


def without_secrets(said: str) -> str:
    """Links, codes, keys and tokens become a sign; the rest stays."""
    return _OWN_CODE.sub(_own_code_hidden, _SECRETS.sub(lambda found: found["kept"] or CUT, said))


def _own_code_hidden(found: re.Match[str]) -> str:
    signs = found[0].replace(" ", "").replace("-", "").upper()
    return CUT if check_sign(signs[:-1]) == signs[-1] else found[0]


def without_people(said: str) -> str:
    """Also what somebody typed in: an e-mail address, a phone number, a PIN, the row that a database refused."""
    return without_secrets(_OF_PEOPLE.sub(lambda found: "".join(filter(None, found.groups())) + CUT, said))


class SecretsHidden(logging.Formatter):
    """A line of the log with its traceback, and nothing in it that opens anything.

    Nobody who sends something makes a line of their own: what follows the first one is set in, and a sign that a
    terminal would obey is spelt out. Of what is only suspicious a line is enough, or strangers could fill the disk.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith(SUSPICIOUS):
            record.exc_info = record.exc_text = None
        lines = without_people(super().format(record)).splitlines()
        return "\n  ".join(line.translate(_SPELT_OUT) for line in lines)


def log_what_nobody_catches() -> None:
    """Python would print it as it is: an error, and also a warning of a library."""
    logging.captureWarnings(capture=True)
    log = logging.getLogger("stampwell")

    def of_program(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return sys.__excepthook__(kind, error, trace)
        return log.critical("Nobody expected this", exc_info=(kind, error, trace))

    def of_thread(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None:
            of_program(ended.exc_type, ended.exc_value, ended.exc_traceback)

    sys.excepthook, threading.excepthook = of_program, of_thread
