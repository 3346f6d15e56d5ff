"""How large the body of a request may be: one rule for all routes, and the few exceptions."""

from django.http import Http404
from django.urls import resolve

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
LONGEST = 256 * KILOBYTE
# By the names of the routes. A form with a file may be larger.
LONGER = {"new_program": 3 * MEGABYTE, "edit_program": 3 * MEGABYTE}


def longest_body(path: str) -> int:
    """In bytes, asked before anything is read of it."""
    return LONGER.get(route_of(path), LONGEST)


def route_of(path: str) -> str:
    """Its name, empty where there is none."""
    try:
        return resolve(path).url_name or ""
    except Http404:
        return ""
