"""A pass taken apart again, without the code that put it together."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

LINE = re.compile(r'"((?:[^"\\\n]|\\.)*)" = "((?:[^"\\\n]|\\.)*)";\n')


@dataclass(frozen=True)
class OpenedPass:
    files: dict[str, bytes]
    entries: list[zipfile.ZipInfo]

    @property
    def content(self) -> dict[str, Any]:
        content = json.loads(self.files["pass.json"])
        assert isinstance(content, dict)
        return content

    @property
    def manifest(self) -> dict[str, str]:
        return dict(json.loads(self.files["manifest.json"]))

    def strings(self, locale: str) -> dict[str, str]:
        return read_strings(self.files[f"{locale}.lproj/pass.strings"])

    def fields(self) -> list[dict[str, Any]]:
        return [field for group in self.content["storeCard"].values() for field in group]

    def field(self, key: str) -> dict[str, Any]:
        (found,) = [field for field in self.fields() if field["key"] == key]
        return found

    def where(self, key: str) -> str:
        """The group of fields that this one stands in."""
        groups = self.content["storeCard"].items()
        return next(str(group) for group, fields in groups if key in [field["key"] for field in fields])

    def shown(self, text: str, locale: str) -> str:
        """What a phone of that language shows for a text of pass.json."""
        return self.strings(locale).get(text, text)


def open_pass(data: bytes) -> OpenedPass:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        return OpenedPass({entry.filename: archive.read(entry) for entry in entries}, entries)


def read_strings(data: bytes) -> dict[str, str]:
    """Strict: every character of the file belongs to a line; no key comes twice."""
    text = data.decode("utf-8")
    pairs = [(unescape(key), unescape(value)) for key, value in LINE.findall(text)]
    assert "".join(match.group() for match in LINE.finditer(text)) == text
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text)
