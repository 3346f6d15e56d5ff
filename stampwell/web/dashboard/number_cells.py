"""The cells of a table of numbers: a busy shop has hundreds on a page, and a template takes many times as long."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from stampwell.languages.formatting import format_number


class Cell(NamedTuple):
    """A number with the heading of its column. `query` is what the journal is asked for, "" where it cannot be."""

    heading: str
    number: int
    query: str = ""


def number_cells(cells: Iterable[Cell]) -> SafeString:
    """One for each, with its heading, which a phone shows beside it. What did not happen opens nothing."""
    journal = reverse("journal")
    return mark_safe(  # noqa: S308 - what is not ours is escaped where it is put in
        "".join(
            f'<td class="number" data-label="{escape(cell.heading)}">{_draw_number(cell, journal)}</td>'
            for cell in cells
        )
    )


def _draw_number(cell: Cell, journal: str) -> str:
    shown = escape(format_number(cell.number))
    return f'<a href="{journal}?{escape(cell.query)}">{shown}</a>' if cell.query and cell.number else shown
