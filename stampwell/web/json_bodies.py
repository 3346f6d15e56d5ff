"""JSON that anybody may have sent, where it is read outside of the API."""

import msgspec

# What is raised for JSON that cannot be read. In JSON within JSON without end the reader does not find out of itself.
UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)
