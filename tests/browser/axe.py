"""Accessibility by axe, in light and in dark, plus what axe does not see: scrolling sideways, and large text."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.browser.large_text import faults_of_large_text

NARROW = 320  # the width at which large text has the least room

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text()
IS_THERE = "typeof axe === 'object'"
# Style sheets are fetched again for one rule alone, which is an experiment and switched off.
RUN = """async (asked) => {
  const found = await axe.run(document, {resultTypes: ["violations"], preload: {assets: ["media"]}, ...asked});
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\\n", " ")}`));
}"""
# Our pages change nothing but colours with the scheme (test_axe.py holds them to it); the dark one is asked for these.
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ASKED = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
# A colour that is still fading from one scheme to the other is not the page's colour, and what inherits a fading one
# begins to fade when that has ended. So nothing fades here; a sheet of our own is no inline style to the page's policy.
PREPARE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after, *::backdrop { transition: none !important; }");
  document.adoptedStyleSheets.push(sheet);
}"""
SETTLE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def assert_accessible(page: Page) -> None:
    """No axe violation in either colour scheme and nothing that scrolls sideways at this width. On a narrow screen
    also with larger text.
    """
    if not page.evaluate(IS_THERE):  # it is large: reading it takes as long as half of its work
        page.evaluate(AXE)
        page.evaluate(PREPARE)
    faults = [f"{scheme}: {fault}" for scheme in SCHEMES for fault in _faults(page, scheme)]
    page.emulate_media(color_scheme="null", reduced_motion="null")
    if page.viewport_size and page.viewport_size["width"] <= NARROW:
        faults += faults_of_large_text(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def _faults(page: Page, scheme: Scheme) -> list[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(SETTLE)
    faults: list[str] = page.evaluate(RUN, ASKED[scheme])
    return [*faults, "scrolls sideways"] if page.evaluate(SIDEWAYS) else faults
