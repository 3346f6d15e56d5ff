"""Accessibility by axe, in light and in dark, plus what axe does not see: scrolling sideways, and large text."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import BrowserContext, Page

from tests.browser.large_text import faults_of_large_text

NARROW = 320  # the width at which large text has the least room

# Style sheets are fetched again for one rule alone, which is an experiment and switched off.
# What looks at another width as it did at the first one was asked there. Asked again is, with all that is in it, what
# is only now to be seen or to be scrolled, has other colours or lies elsewhere.
RUN = """async ([asked, isFirst, ofOneAnother]) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const run = async (where, rules) =>
    (await axe.run(where, {resultTypes: ["violations"], preload: {assets: ["media"]}, ...rules})).violations;
  const lookOf = (it) => {
    if (!it.checkVisibility({visibilityProperty: true})) return "";
    const style = getComputedStyle(it), {width, height} = it.getBoundingClientRect();
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const isLonger = it.scrollWidth > it.clientWidth || it.scrollHeight > it.clientHeight;
    return [style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.textDecorationLine, isLarge,
      style.position, style.overflow, isLonger && style.overflow !== "visible", width * height > 0].join(" ");
  };
  const looks = new Map([...document.querySelectorAll("html, body, body *")].map((it) => [it, lookOf(it)]));
  const others = [...looks].filter(([it, look]) => look && look !== axe.looks?.get(it)).map(([it]) => it);
  axe.looks = looks;
  const found = isFirst ? await run(document, asked) : others.length ? await run({include: others}, asked) : [];
  if (!isFirst && !asked.runOnly) found.push(...await run(document, {runOnly: ofOneAnother}));
  const {scrollWidth, clientWidth} = document.documentElement;
  return [...found.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\\n", " ")}`)),
    ...(scrollWidth > clientWidth + 1 ? ["scrolls sideways"] : [])];
}"""
# These judge one element by others, so what has gone with the width matters to them.
OF_ONE_ANOTHER = [
    *("bypass", "heading-order", "page-has-heading-one", "region", "skip-link", "landmark-one-main", "landmark-unique"),
    *("landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo", "landmark-no-duplicate-main"),
]
# Our pages change nothing but colours with the scheme (test_axe.py holds them to it); the dark one is asked for these.
Scheme = Literal["light", "dark"]
ASKED: dict[Scheme, dict[str, list[str]]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
# A colour that is still fading from one scheme to the other is not the page's colour, and what inherits a fading one
# begins to fade when that has ended. So nothing fades here; a sheet of our own is no inline style to the page's policy.
PREPARE = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after, *::backdrop { transition: none !important; }");
  document.adoptedStyleSheets.push(sheet);
})();"""
AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text() + PREPARE
IS_THERE = "typeof axe === 'object'"


def carry_axe(context: BrowserContext) -> None:
    """It is large: a page that is given it takes as long for reading it as for half of its work. Here all pages of a
    phone have it from their beginning on, which the browser remembers.
    """
    context.add_init_script(AXE)


def assert_accessible(page: Page) -> None:
    """No axe violation in either colour scheme and nothing that scrolls sideways at this width. On a narrow screen
    also with larger text.
    """
    assert page.viewport_size
    assert_accessible_at(page, page.viewport_size["width"])


def assert_accessible_at(page: Page, *widths: int) -> None:
    """At each of these widths in one visit, the first of which stays: no script of ours asks how wide the screen is
    when it begins.
    """
    if not page.evaluate(IS_THERE):
        page.evaluate(AXE)
    faults = []
    turns: list[tuple[Scheme, tuple[int, ...]]] = [("light", widths), ("dark", widths[::-1])]
    for scheme, in_turn in turns:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for place, width in enumerate(in_turn):
            _widen(page, width)
            found = page.evaluate(RUN, [ASKED[scheme], place == 0, OF_ONE_ANOTHER])
            faults += [f"{width}, {scheme}: {fault}" for fault in found]
    page.emulate_media(color_scheme="null", reduced_motion="null")
    for width in widths:
        if width <= NARROW:
            _widen(page, width)
            faults += faults_of_large_text(page)
    _widen(page, widths[0])
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def _widen(page: Page, width: int) -> None:
    assert page.viewport_size
    if page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
