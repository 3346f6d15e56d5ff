"""Counting how often the product waits for the database, from libpq's own record of what it sends."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.db import connection


def packets_of(step: Callable[[], object]) -> int:
    """Each packet ends with a Sync, whatever number of statements is in it; a plain query is a packet too."""
    connection.ensure_connection()
    link = connection.connection.pgconn
    with tempfile.NamedTemporaryFile() as record:
        link.trace(record.fileno())
        try:
            step()
        finally:
            link.untrace()
        lines = Path(record.name).read_text(errors="replace").splitlines()
    sent = [line.split("\t")[3].split()[0] for line in lines if "\tF\t" in line]
    return sum(kind in ("Sync", "Query") for kind in sent)
