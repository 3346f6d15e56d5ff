"""How large the body of a request may be: one rule for all routes, and the few exceptions."""

from django.http import Http404
from django.urls import resolve

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
LONGEST = 256 * KILOBYTE
HANDING_IN = 6 * MEGABYTE  # the scans that a device kept for a week
# By the names of the routes. A form with a file may be larger.
LONGER = {
    "new_program": 3 * MEGABYTE,
    "edit_program": 3 * MEGABYTE,
    "new_code_file": 129 * MEGABYTE,
    "new_import": 129 * MEGABYTE,  # the file, and what is around it
    "api_imports": 129 * MEGABYTE,
    "api_code_imports": 129 * MEGABYTE,
    "reconciliations": 129 * MEGABYTE,
    "api_reconciliations": 129 * MEGABYTE,
    **dict.fromkeys(("scanner_batch", "kiosk_batch", "autopilot_batch"), HANDING_IN),
}
IN_PARTS = "multipart/form-data"  # how browsers send a form with files, and nobody else sends anything
NOT_WANTED = 0


def longest_body(path: str, content_type: str) -> int:
    """In bytes, asked before anything is read of it. A body in parts is wanted only where a form has a file."""
    longer = LONGER.get(route_of(path))
    if longer is None and content_type.lower().startswith("multipart/") and not path.startswith("/api/"):
        return NOT_WANTED
    return longer or LONGEST


def route_of(path: str) -> str:
    """Its name, empty where there is none."""
    try:
        return resolve(path).url_name or ""
    except Http404:
        return ""
