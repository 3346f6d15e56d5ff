"""Between the network and the pages: whole requests come in, whole answers go out, and no thread waits for outsiders.

Who sends slowly or reads slowly is waited for by granian's own event loop, within limits; threads compute. This package
knows WSGI and granian, and nothing of the product or of Django. Why: docs/developing/why/slow-senders.md.
"""

from granian.rsgi import Scope

from stampwell.web_front.answers import Answer
from stampwell.web_front.bodies import Reason
from stampwell.web_front.environ import UNREADABLE_COOKIES, Environ
from stampwell.web_front.front import Front, Give

__all__ = ["UNREADABLE_COOKIES", "Answer", "Environ", "Front", "Give", "Reason", "Scope"]
