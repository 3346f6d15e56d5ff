"""What a mail says, from its templates, in the language that is active."""

from typing import Any

from django.template.loader import render_to_string

from stampwell.mail.queue import Content


def write_content(template: str, context: dict[str, Any]) -> Content:
    """`template` is where the names of its templates begin."""
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    text = render_to_string(f"{template}_message.txt", context).strip()
    return Content(subject, f"{text}\n")
