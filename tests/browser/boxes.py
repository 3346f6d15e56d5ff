"""Where something is on a page and how large: a browser counts in parts of a pixel, and 43.9999 stands for 44."""

from typing import NamedTuple

from playwright.sync_api import Locator

ROOM = 0.5  # of a pixel of CSS; nobody sees less
TAPPED = 44.0  # a finger's width


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    def is_where(self, other: "Box") -> bool:
        """Whether both have the same place and the same size."""
        return all(abs(ours - theirs) <= ROOM for ours, theirs in zip(self, other, strict=True))

    def is_within(self, width: float) -> bool:
        """Whether it goes no further to the right than a screen that is so wide."""
        return self.right <= width + ROOM

    def is_right_of(self, other: "Box") -> bool:
        return self.x >= other.right - ROOM

    def is_tappable(self) -> bool:
        """Whether a finger hits it, as large as it is both ways."""
        return min(self.width, self.height) >= TAPPED - ROOM


def box_of(element: Locator) -> Box:
    found = element.bounding_box()
    assert found is not None, f"not to be seen: {element}"
    return Box(found["x"], found["y"], found["width"], found["height"])
