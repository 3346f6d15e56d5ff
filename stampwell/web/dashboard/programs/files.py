"""What the owner takes away as a file."""

from urllib.parse import quote

from django.http import HttpResponse


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=content_type, headers=headers)
