"""What the house asks of others over HTTP: the one client of all of it.

A destination is made first: `to_the_world` for an address that a shop has given, behind walls, or `to_a_trusted_host`
for one that the installation is configured with. `ask` then gets an answer within a time and a size, or raises an
`OutgoingProblem` in words that may be shown. Nothing here follows a redirect, and nothing here logs what is sent.
"""

from stampwell.outgoing.client import Answer, ask, hang_up
from stampwell.outgoing.destinations import LONGEST_URL, Destination, check_address, to_a_trusted_host, to_the_world
from stampwell.outgoing.problems import AddressNotAllowed, Broken, NotReached, OutgoingProblem, TookTooLong, TooLarge
from stampwell.outgoing.retry_plan import RetryPlan, wait_asked_for

__all__ = [
    "LONGEST_URL",
    "AddressNotAllowed",
    "Answer",
    "Broken",
    "Destination",
    "NotReached",
    "OutgoingProblem",
    "RetryPlan",
    "TooLarge",
    "TookTooLong",
    "ask",
    "check_address",
    "hang_up",
    "to_a_trusted_host",
    "to_the_world",
    "wait_asked_for",
]
