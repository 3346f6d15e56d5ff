"""A till with a barcode scanner that types: the keys that it presses, and what a computer makes of them."""

import time

from playwright.sync_api import CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Phone, wait_js
from tests.browser.stations import open_device
from tests.world import Shop

type Stroke = tuple[
    str, str, bool
]  # what the computer makes of it, where the key lies on a US keyboard, whether with Shift

SLOW = 30_000
SHIFTED_DIGITS = ")!@#$%^&*("
PLAIN = {"-": ("Minus", False), "/": ("Slash", False), ".": ("Period", False), ":": ("Semicolon", True)}
US_KEYS = {
    "Minus": "-_",
    "Slash": "/?",
    "Period": ".>",
    "Semicolon": ";:",
    "Comma": ",<",
    "BracketRight": "]}",
    "Quote": "'\"",
    **{f"Digit{digit}": f"{digit}{SHIFTED_DIGITS[digit]}" for digit in range(10)},
}
TYPE = """([strokes, end]) => {
    let at = performance.now();
    for (const [key, code, shiftKey] of strokes) press({ key, code, shiftKey });
    if (end) press({ key: end, code: end });
    function press(stroke) {
        const event = new KeyboardEvent("keydown", { ...stroke, bubbles: true, cancelable: true });
        Object.defineProperty(event, "timeStamp", { value: at++ });
        document.activeElement.dispatchEvent(event);
    }
}"""


# While keys are pressed the page's timers wait: a slow machine would tear a code apart, and no scanner is slow.
HOLD_TIMERS = """() => {
    window.pressing = true;
    if (window.holdsTimers) return true;
    window.holdsTimers = true;
    const { setTimeout } = window;
    window.setTimeout = (work, wait, ...given) => setTimeout(function ready() {
        if (window.pressing) setTimeout(ready, 10);
        else work(...given);
    }, wait);
    return true;
}"""


def open_till(phone: Phone, shop: Shop, live_server: LiveServer) -> Phone:
    open_device(phone, shop, "autopilot", live_server.url)
    expect(phone.page.get_by_text("Scan a card with the barcode scanner.")).to_be_visible()
    return phone


def last_line(page: Page, words: str) -> None:
    expect(page.locator("[data-lines] > li").first).to_contain_text(words, timeout=SLOW)


def type_at_once(page: Page, strokes: list[Stroke], *, end: str = "Enter") -> None:
    """A millisecond from one to the next, so that a slow machine does not tear a long code apart."""
    page.evaluate(TYPE, [strokes, end])


class BarcodeScanner:
    """Keys with the moments at which they are pressed, on a scanner that believes it is a US keyboard."""

    def __init__(self, page: Page) -> None:
        self.context = page.context
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.at = time.time()

    def read(
        self,
        code: str,
        *,
        pace: float = 0.005,
        end: str = "Enter",
        layout: dict[str, str] | None = None,
        caps_lock: bool = False,
        input_method: bool = False,
    ) -> None:
        self.at = max(self.at + 0.6, time.time())
        for page in self.context.pages:  # a small window's timers are those of the page that has opened it
            wait_js(page, f"({HOLD_TIMERS})()")
        self._press_all(code, pace, end, layout or {}, caps_lock=caps_lock, input_method=input_method)
        for page in self.context.pages:
            wait_js(page, "!(window.pressing = false)")

    def _press_all(
        self, code: str, pace: float, end: str, layout: dict[str, str], *, caps_lock: bool, input_method: bool
    ) -> None:
        for sign in code:
            key, place, shift = self._stroke(sign, layout, caps_lock)
            self._press("Process" if input_method else key, place, shift=shift, input_method=input_method)
            self.at += pace
        if end:
            self._press(end, end, shift=False, input_method=False)

    def _stroke(self, sign: str, layout: dict[str, str], caps_lock: bool) -> Stroke:
        if sign.isalpha():
            made = layout.get(sign.lower(), sign.lower())
            shift = sign.isupper()
            return (made.upper() if shift != caps_lock else made), f"Key{sign.upper()}", shift
        if sign.isdigit():
            return layout.get(sign, sign), f"Digit{sign}", False
        place, shift = PLAIN[sign]
        lower = ";" if sign == ":" else sign
        made = layout.get(lower, lower)
        return (sign if made == lower else made.upper()), place, shift

    def _press(self, key: str, place: str, *, shift: bool, input_method: bool) -> None:
        text = "" if input_method or len(key) > 1 else key
        if key == "Enter":
            text = "\r"
        code = {"Enter": 13, "Tab": 9}.get(key, 229 if input_method else ord(place[-1]))
        about = {"key": key, "code": place, "modifiers": 8 if shift else 0, "windowsVirtualKeyCode": code}
        self.cdp.send(
            "Input.dispatchKeyEvent",
            {"type": "keyDown" if text else "rawKeyDown", "text": text, "timestamp": self.at, **about},
        )
        self.cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", "timestamp": self.at + 0.001, **about})


class Keyboard:
    """What a scanner believes to be, at a computer with a US keyboard."""

    def __init__(self, letters: dict[str, str], others: dict[str, tuple[str, bool]]) -> None:
        self.letters, self.others = letters, others

    def strokes(self, code: str) -> list[Stroke]:
        return [self._stroke(sign) for sign in code]

    def _stroke(self, sign: str) -> Stroke:
        place, shift = self.others.get(sign) or self._place_of_letter(sign)
        made = US_KEYS.get(place) or place[-1].lower() + place[-1]
        return made[shift], place, shift

    def _place_of_letter(self, sign: str) -> tuple[str, bool]:
        assert sign.isalpha(), f"this keyboard lacks {sign}"
        return self.letters.get(sign.lower(), f"Key{sign.upper()}"), sign.isupper()


DIGITS = {str(digit): (f"Digit{digit}", False) for digit in range(10)}
US = Keyboard({}, {**DIGITS, **PLAIN, "]": ("BracketRight", False), "#": ("Digit3", True)})
FRENCH = Keyboard(
    {"a": "KeyQ", "q": "KeyA", "z": "KeyW", "w": "KeyZ", "m": "Semicolon"},
    {
        **{digit: (place, True) for digit, (place, _shift) in DIGITS.items()},
        "-": ("Digit6", False),
        ".": ("Comma", True),
        "/": ("Period", True),
        ":": ("Period", False),
    },
)
GERMAN = Keyboard(
    {"y": "KeyZ", "z": "KeyY"},
    {**DIGITS, "-": ("Slash", False), ".": ("Period", False), "/": ("Digit7", True), ":": ("Period", True)},
)
JAPANESE = Keyboard({}, {**DIGITS, **PLAIN, ":": ("Quote", False)})
