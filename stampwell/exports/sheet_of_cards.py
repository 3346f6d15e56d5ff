"""A program of its own that makes one PDF of many cards: `python -m stampwell.exports.sheet_of_cards`.

It reads what stands on them as JSON and writes the PDF. What the library remembers of a file, 75 MB for 500 cards, it
keeps for the next ones; with this program it ends.
"""

import sys

import typst

from stampwell.print_fonts import printing_fonts
from stampwell.settings import PACKAGE

TEMPLATE = PACKAGE / "templates" / "posters" / "cards.typ"


def main() -> None:
    cards = sys.stdin.buffer.read().decode()
    pdf = typst.compile(TEMPLATE.read_bytes(), font_paths=printing_fonts(), sys_inputs={"cards": cards}, format="pdf")
    assert isinstance(pdf, bytes)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
