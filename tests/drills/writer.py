"""Run as a program: writes numbered rows, each in its own transaction, and notes each that was confirmed.

    python -m tests.drills.writer DATABASE_URL NAME NOTES

Like the product behind a scanner it tries again with the same key until it has an answer, so a row whose
confirmation got lost is not written twice.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path

import psycopg

# Rows of a real size fill a disk in a time that one can wait for.
PADDING = "x" * 500
WRITE = "INSERT INTO written (writer, number, padding) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


def main(url: str, name: str, notes: str) -> None:
    file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    connection: psycopg.Connection | None = None
    for number in count(1):
        while True:
            try:
                connection = connection or psycopg.connect(url, autocommit=True)
                connection.execute(WRITE, [name, number, PADDING])
                break
            except psycopg.Error:
                connection = None
                time.sleep(0.02)
        os.write(file, f"{number}\n".encode())


def confirmed(notes: Path) -> int:
    """How many rows were confirmed so far; a last line without its end does not count."""
    return notes.read_bytes().count(b"\n") if notes.exists() else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
