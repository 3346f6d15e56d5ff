"""A barcode scanner that a page reads directly: how its reports are built, and the double that brings them there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

BYTE_COUNT, AIM_1, AIM_2, AIM_3 = 0x1003B, 0x8C00FB, 0x8C00FC, 0x8C00FD
DATA, CONTINUED, VENDORS_OWN = 0x8C00FE, 0x8C00FF, 0xFF660004
AIM_OF_QR = b"]Q1"


@dataclass(frozen=True)
class Field:
    """An item of the report's description, as WebHID tells it: so many values of so many bits; no usage fills up."""

    usages: tuple[int, ...]
    bits: int = 8
    values: int = 1

    def told(self) -> dict[str, Any]:
        is_constant = not self.usages
        return {
            "usages": list(self.usages),
            "isRange": False,
            "isConstant": is_constant,
            "reportSize": self.bits,
            "reportCount": self.values,
        }


@dataclass(frozen=True)
class Maker:
    """How one maker lays a scan out."""

    report_id: int
    fields: tuple[Field, ...]
    told_in: tuple[str, ...]  # "outer", "inner": which collections list the report

    def collections(self) -> list[dict[str, Any]]:
        report = {"reportId": self.report_id, "items": [field.told() for field in self.fields]}
        lists = {name: [report] if name in self.told_in else [] for name in ("outer", "inner")}
        inner = {"usagePage": 0x8C, "usage": 0x12, "inputReports": lists["inner"], "children": []}
        return [{"usagePage": 0x8C, "usage": 2, "inputReports": lists["outer"], "children": [inner]}]

    def reports(self, code: str) -> list[list[int]]:
        """The bytes of each, without the id; the last one says that nothing follows."""
        room = next(field.values - field.usages.index(DATA) for field in self.fields if DATA in field.usages)
        raw = code.encode()
        parts = [raw[start : start + room] for start in range(0, len(raw), room)]
        return [self._report(part, continued=part is not parts[-1], room=room) for part in parts]

    def _report(self, part: bytes, *, continued: bool, room: int) -> list[int]:
        values = {BYTE_COUNT: [len(part)], DATA: [*part.ljust(room, b"\0")], CONTINUED: [int(continued)]}
        values |= {usage: [sign] for usage, sign in zip((AIM_1, AIM_2, AIM_3), AIM_OF_QR, strict=True)}
        number, place = 0, 0
        for field in self.fields:
            row = [value for usage in field.usages for value in values.get(usage, [7])]
            for value in (row + [0] * field.values)[: field.values]:
                number |= value << place
                place += field.bits
        return [*number.to_bytes((place + 7) // 8, "little")]


# As firmware of Honeywell's describes it: how many bytes, which barcode, the data, two of its own, eight bits.
COUNTED = Maker(
    2,
    (
        Field((BYTE_COUNT,)),
        Field((AIM_1, AIM_2, AIM_3), values=3),
        Field((DATA,), values=56),
        Field((VENDORS_OWN, 0xFF660000), values=2),
        Field((CONTINUED,), bits=1, values=8),
    ),
    ("outer", "inner"),
)
# Nothing counts, the sign that more follows comes first, and the data is the last usage of a row.
FLAG_FIRST = Maker(
    7,
    (Field((CONTINUED,), bits=1), Field((), bits=7), Field((AIM_1, AIM_2, AIM_3, DATA), values=35)),
    ("inner",),
)
# A keyboard that is set up by a report on the same page; it has no scans.
NO_SCANNER = Maker(1, (Field((0x8C0001,), values=32),), ("outer",))


class PluggedIn:
    """`navigator.hid` and `navigator.serial` of all pages of a browser."""

    def __init__(self, context: BrowserContext, maker: Maker = COUNTED) -> None:
        self.maker = maker
        script = Path(__file__).with_suffix(".js").read_text()
        context.add_init_script(f"{script}({json.dumps(maker.collections())});")

    def read(self, page: Page, code: str) -> None:
        for report in self.maker.reports(code):
            self.report(page, report)

    def report(self, page: Page, report: list[int]) -> None:
        page.evaluate("([id, bytes]) => usb.report(id, bytes)", [self.maker.report_id, report])
