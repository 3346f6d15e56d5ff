"""What a mail says, from its templates, in the language that is active: as text, and the same sentences as a page.

The page is made of the text, so the two cannot say different things. It loads nothing and counts nobody.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.template.loader import render_to_string

from stampwell.mail.queue import Content

_LINK = re.compile(r"https?://\S+")


class Part(msgspec.Struct, frozen=True):
    """A paragraph; a link stands in one of its own."""

    text: str
    is_link: bool


def write_content(template: str, context: dict[str, Any], *, button: str = "") -> Content:
    """`template` is where the names of its templates begin. `button` stands on the link, else the subject does."""
    context = {**context, "site": urlsplit(settings.BASE_URL).netloc}
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    text = render_to_string(f"{template}_message.txt", context).strip()
    page = {"subject": subject, "parts": _parts(text), "button": button or subject}
    return Content(subject, f"{text}\n", render_to_string("mail/layout.html", page).strip())


def _parts(text: str) -> list[Part]:
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text)]
    return [Part(paragraph, bool(_LINK.fullmatch(paragraph))) for paragraph in paragraphs if paragraph]
