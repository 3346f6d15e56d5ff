"""A hand at a page: it presses what is to be seen, in the language of the page, and counts how often."""

from typing import Literal

from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Locator, Page, expect

Role = Literal["button", "link", "radio", "textbox", "searchbox", "spinbutton", "navigation", "heading"]
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


class Hand:
    """Typing is no press, Enter is one. What is named here is named in English and looked for as it stands there."""

    def __init__(self, page: Page, locale: str) -> None:
        self.page, self.locale, self.presses = page, locale, 0

    def begin(self) -> None:
        """On the first page of the desk, with nothing pressed yet."""
        self.page.goto("/")
        self.presses = 0

    def words(self, english: str, context: str = "") -> str:
        with override(self.locale):
            found = pgettext(context, english) if context else gettext(english)
        assert self.locale == "en" or found != english, f"no sentence of ours: {english}"
        return found

    def see(self, english: str, within: Locator | None = None) -> None:
        expect((within or self.page.locator("body")).get_by_text(self.words(english)).first).to_be_visible()

    def find(self, role: Role, english: str, within: Locator | None = None, *, context: str = "") -> Locator:
        return self.named(role, self.words(english, context), within)

    def named(self, role: Role, name: str, within: Locator | None = None) -> Locator:
        """The first of this name that is to be seen, also where words only read aloud stand behind it."""
        return (within or self.page.locator("body")).get_by_role(role, name=name).locator("visible=true").first

    def press(self, role: Role, english: str, within: Locator | None = None, *, context: str = "") -> None:
        self.press_on(self.find(role, english, within, context=context))

    def press_on(self, what: Locator) -> None:
        self.presses += 1
        what.click()

    def type(self, role: Role, english: str, words: str, within: Locator | None = None) -> None:
        self.find(role, english, within).fill(words)

    def enter(self) -> None:
        self.presses += 1
        self.page.keyboard.press("Enter")

    def go_to(self, place: str) -> None:
        """A place of the desk: in the list beside the page, on a phone in the bar below or behind "Menu" in it."""
        bar = self.page.get_by_role("navigation", name=self.words("Main menu"))
        link = bar.get_by_role("link", name=self.words(place), exact=True)
        if not link.is_visible():
            self.press("button", "Menu", bar)
            link = self.page.locator("#account-menu").get_by_role("link", name=self.words(place), exact=True)
        self.press_on(link)
