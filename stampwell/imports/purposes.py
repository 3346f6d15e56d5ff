"""What of a row an id is of."""

from enum import IntEnum


class Purpose(IntEnum):
    CUSTOMER = 0
    CARD = 1
    ISSUED = 2  # the event
    STAMP = 3
    STAMPED = 4  # the event
