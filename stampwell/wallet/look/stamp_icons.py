"""The icons of a stamp, drawn on a field of 24 by 24. `INK` is the drawing, `PAPER` is what shows through.

No text, no ids, no style: the same drawing stands in a picture for the wallets and inside a web page.
"""

import math

INK, PAPER = "INK", "PAPER"


def _fill(path: str, colour: str = INK) -> str:
    return f'<path d="{path}" fill="{colour}"/>'


def _line(path: str, width: float = 1.7, colour: str = INK) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _dot(x: float, y: float, radius: float, colour: str = INK) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{colour}"/>'


def _around(count: int, radius: float, *, turn: float = -90) -> list[tuple[float, float]]:
    angles = [math.radians(turn + 360 / count * step) for step in range(count)]
    return [(12 + radius * math.cos(angle), 12 + radius * math.sin(angle)) for angle in angles]


def _star() -> str:
    outer, inner = _around(5, 8.6), _around(5, 4.1, turn=-54)
    points = [point for pair in zip(outer, inner, strict=True) for point in pair]
    path = "M" + "L".join(f"{x:.2f} {y + 0.5:.2f}" for x, y in points) + "z"
    return f'<path d="{path}" fill="INK" stroke="INK" stroke-width="1.6" stroke-linejoin="round"/>'


def _flower() -> str:
    petals = "".join(_dot(x, y, 3.5) for x, y in _around(6, 5.2))
    return petals + _dot(12, 12, 4.2) + _dot(12, 12, 2.5, PAPER)


def _ring(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="INK" stroke-width="1.8"/>'


ICONS = {
    "cup": _fill("M4.2 8.6h12v5.3a4.8 4.8 0 0 1-4.8 4.8H9a4.8 4.8 0 0 1-4.8-4.8z")
    + _line("M16.4 10h1.1a2.5 2.5 0 0 1 0 5h-1.7")
    + _line("M4.4 21h11.6")
    + _line("M8 6.1c-1-1 .9-1.8 0-3M12.3 6.1c-1-1 .9-1.8 0-3", 1.5),
    "scissors": _ring(6.9, 18, 2.7) + _ring(17.1, 18, 2.7) + _line("M8.4 15.8 15.9 3.6M15.6 15.8 8.1 3.6", 2.1),
    "loaf": _fill(
        "M12 4.4c4.9 0 8.4 1.8 8.4 4.8 0 1.5-.8 2.5-1.9 3v6.2a1.5 1.5 0 0 1-1.5 1.5H7"
        "a1.5 1.5 0 0 1-1.5-1.5v-6.2c-1.1-.5-1.9-1.5-1.9-3 0-3 3.5-4.8 8.4-4.8z"
    )
    + _line("M9.3 8.2 8 11M13 8.2 11.7 11M16.7 8.2 15.4 11", 1.5, PAPER),
    "car": _fill(
        "M2.6 15.4v-2.5c0-1 .6-1.8 1.6-2l1.7-.3 2-3.3c.4-.7 1.1-1.1 1.9-1.1h4.6c.7 0 1.4.3 1.8.9"
        "l2.8 3.5 1 .3c.9.2 1.5 1 1.5 1.9v2.6c0 .6-.4 1-1 1H3.6c-.6 0-1-.4-1-1z"
    )
    + _fill("M8.1 10.5l1.3-2.2c.2-.3.4-.4.7-.4h1.1v2.6zM12.7 7.9h1.5c.3 0 .5.1.7.3l1.9 2.3h-4.1z", PAPER)
    + _dot(7.4, 16.3, 3, PAPER)
    + _dot(16.7, 16.3, 3, PAPER)
    + _dot(7.4, 16.3, 2)
    + _dot(16.7, 16.3, 2),
    "flower": _flower(),
    "star": _star(),
    "heart": _fill(
        "M12 20.4C6.3 16.4 3.2 13.1 3.2 9.3a4.7 4.7 0 0 1 4.7-4.7c1.7 0 3.2.8 4.1 2.2"
        ".9-1.4 2.4-2.2 4.1-2.2a4.7 4.7 0 0 1 4.7 4.7c0 3.8-3.1 7.1-8.8 11.1z"
    ),
    "paw": _fill(
        "M12 11.6c2.5 0 5.6 3.3 5.6 5.9 0 1.6-1.2 2.6-2.7 2.6-1.2 0-1.9-.5-2.9-.5s-1.7.5-2.9.5"
        "c-1.5 0-2.7-1-2.7-2.6 0-2.6 3.1-5.9 5.6-5.9z"
    )
    + '<g fill="INK"><ellipse cx="9" cy="6.7" rx="1.9" ry="2.6"/>'
    '<ellipse cx="15" cy="6.7" rx="1.9" ry="2.6"/>'
    '<ellipse cx="4.9" cy="11.3" rx="1.7" ry="2.3"/><ellipse cx="19.1" cy="11.3" rx="1.7" ry="2.3"/></g>',
    "leaf": _fill("M20.2 3.8c.5 9.9-3.3 15.7-10 15.7-3.7 0-6-2.3-6-5.7C4.2 7.6 10 3.8 20.2 3.8z")
    + _line("M3.8 20.6C6.2 15.4 9.6 11.9 14.4 9.4", 1.5, PAPER)
    + _line("M3.8 20.6 5.7 17.3", 1.7),
    "scoop": _fill("M6 10.6a6 6 0 0 1 12 0c0 .9-.7 1.6-1.6 1.6H7.6c-.9 0-1.6-.7-1.6-1.6z")
    + _fill("M7.9 13.7h8.2l-3.3 7.2a.9.9 0 0 1-1.6 0z")
    + _line("M9 8.9c.4-1 1.1-1.6 2.1-1.9", 1.2, PAPER),
    "pizza": _line("M4.2 6.3c5-2.6 10.6-2.6 15.6 0", 2.4)
    + _fill("M5.2 9.3c4.4-2 9.2-2 13.6 0l-6 11.2a.9.9 0 0 1-1.6 0z")
    + _dot(10, 11, 1.4, PAPER)
    + _dot(14.1, 12, 1.3, PAPER)
    + _dot(11.9, 15.6, 1.2, PAPER),
    "burger": _fill("M3.8 10.5C3.8 6.8 7.5 4.8 12 4.8s8.2 2 8.2 5.7c0 .5-.3.8-.8.8H4.6c-.5 0-.8-.3-.8-.8z")
    + _line("M4.5 13.9h15", 2.2)
    + _fill("M4.2 16.4h15.6v.7a2.7 2.7 0 0 1-2.7 2.7H6.9a2.7 2.7 0 0 1-2.7-2.7z"),
    "bowl": _fill("M3.3 11.6h17.4c0 3.5-2.1 6.2-5 7.5v1.4H8.3v-1.4c-2.9-1.3-5-4-5-7.5z")
    + _line("M9.6 9.6 16.3 3.4M13.3 9.6 19.3 5.2", 1.6),
    "book": _fill(
        "M11.2 6.8C9.3 5.3 6.6 4.7 3.5 5.1v12.7c3.1-.4 5.8.2 7.7 1.7z"
        "M12.8 6.8c1.9-1.5 4.6-2.1 7.7-1.7v12.7c-3.1-.4-5.8.2-7.7 1.7z"
    ),
    "dumbbell": _line("M8 12h8", 2.2)
    + _line("M7.5 7.7v8.6M16.5 7.7v8.6", 2.9)
    + _line("M3.9 9.9v4.2M20.1 9.9v4.2", 2.3),
    "drop": _fill("M12 3.2c3.7 4.3 6.2 7.6 6.2 11.1a6.2 6.2 0 0 1-12.4 0C5.8 10.8 8.3 7.5 12 3.2z")
    + _line("M9 14.6c.1 1.6 1 2.7 2.5 3", 1.5, PAPER),
    "bag": _fill(
        "M5.2 8.4h13.6c.5 0 .9.4 1 .9l.8 9.3c.1.9-.6 1.7-1.5 1.7H4.9c-.9 0-1.6-.8-1.5-1.7l.8-9.3c.1-.5.5-.9 1-.9z"
    )
    + _line("M8.6 8.2V7a3.4 3.4 0 0 1 6.8 0v1.2", 1.7)
    + _line("M8.6 11.2a3.4 3.4 0 0 0 6.8 0", 1.5, PAPER),
    "tick": _line("M5.3 12.6 9.9 17.2 18.9 7.4", 3),
    "gift": _fill("M4.5 7.9h15c.6 0 1 .4 1 1v2.2c0 .5-.4.9-.9.9H4.4a.9.9 0 0 1-.9-.9V8.9c0-.6.4-1 1-1z")
    + _fill("M4.9 13.2h14.2v5.9c0 .8-.6 1.4-1.4 1.4H6.3c-.8 0-1.4-.6-1.4-1.4z")
    + _line("M12 8.2v12", 1.7, PAPER)
    + _line(
        "M12 7.5C8.9 7.6 6.9 6.5 7.1 4.9 7.4 3 10.7 2.9 12 7.5 13.3 2.9 16.6 3 16.9 4.9c.2 1.6-1.8 2.7-4.9 2.6z",
        1.5,
    ),
}

# Strokes on a field of 10 by 14, so that a number needs no font on any machine.
DIGITS = {
    "0": "M5 1C2.3 1 1 3.5 1 7s1.3 6 4 6 4-2.5 4-6-1.3-6-4-6z",
    "1": "M2.2 3.6 5.6 1v12",
    "2": "M1.2 4.3C1.4 2.3 2.9 1 5 1s3.7 1.3 3.7 3.3C8.7 6.9 5.3 8.5 1.2 13H9",
    "3": "M1.4 3.3C1.9 1.9 3.2 1 4.9 1 7 1 8.4 2.2 8.4 4S7 6.7 4.6 6.7"
    "c2.6 0 4.2 1.2 4.2 3.2S7.2 13 4.9 13c-1.9 0-3.3-.9-3.9-2.5",
    "4": "M7 13V1L1 9.6h8.3",
    "5": "M8.3 1H2.6L2 6.6c.8-.6 1.8-.9 2.9-.9C7.3 5.7 9 7.1 9 9.3S7.3 13 4.8 13c-1.8 0-3.2-.8-3.8-2.3",
    "6": "M7.4 1C3.6 1.9 1 4.9 1 9a4 4 0 1 0 8 0 4 4 0 0 0-8 0",
    "7": "M1 1h8L4 13",
    "8": "M5 6.6A2.8 2.8 0 1 0 5 1a2.8 2.8 0 0 0 0 5.6 3.3 3.2 0 1 0 0 6.4 3.3 3.2 0 0 0 0-6.4",
    "9": "M2.6 13C6.4 12.1 9 9.1 9 5a4 4 0 1 0-8 0 4 4 0 0 0 8 0",
}
