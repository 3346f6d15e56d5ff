"""What holds every page to its rules finds what is wrong, in either colour scheme and at each width."""

import re
from pathlib import Path

import pytest

from tests.browser.axe import assert_accessible, assert_accessible_at
from tests.browser.chromium import Phone

pytestmark = pytest.mark.browser

PRODUCT = Path(__file__).parents[2] / "stampwell"
PAGE = """<!doctype html><html lang="en"><title>Test</title><style>
  :root { background: white; color: black; }
  p { transition: color 5s; }
  @media (prefers-color-scheme: dark) { :root { background: black; color: white; } p { color: %s; } }
  @media (min-width: 1000px) { p { width: %s; } }
</style><main><h1>Test</h1><p>A word</p></main>"""


def test_a_sound_page_passes_in_both_schemes_though_its_colours_fade(phone: Phone) -> None:
    phone.page.set_content(PAGE % ("white", "auto"))
    for width in (320, 1280):
        phone.page.set_viewport_size({"width": width, "height": 844})
        assert_accessible(phone.page)


def test_a_colour_that_is_pale_in_one_scheme_is_found(phone: Phone) -> None:
    phone.page.set_content(PAGE % ("#222", "auto"))
    with pytest.raises(AssertionError, match="dark: color-contrast"):
        assert_accessible(phone.page)


def test_what_is_too_wide_on_a_laptop_alone_is_found_after_the_phone(phone: Phone) -> None:
    phone.page.set_content(PAGE % ("white", "2000px"))
    phone.page.set_viewport_size({"width": 320, "height": 844})
    assert_accessible(phone.page)
    phone.page.set_viewport_size({"width": 1280, "height": 844})
    with pytest.raises(AssertionError, match="light: scrolls sideways"):
        assert_accessible(phone.page)


MORE = """<div id="more">More</div><img id="image" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
  <div id="long">L<br>o<br>n<br>g</div><h2>Low</h2><h3>Lower</h3></main>"""


@pytest.mark.parametrize(
    ("style", "fault"),
    [
        ("#more { display: block; color: #eee; }", "1280, light: color-contrast: #more"),
        ("p { color: #eee; }", "1280, light: color-contrast: p"),
        ("body { background: #555; }", "1280, light: color-contrast: p"),
        ("#image { display: block; }", "1280, light: image-alt: #image"),
        ("h1 { display: none; }", "1280, light: page-has-heading-one"),
        ("h2 { display: none; }", "1280, light: heading-order"),
        ("#long { display: block; block-size: 20px; overflow: auto; }", "1280, light: scrollable-region-focusable"),
        ("@media (prefers-color-scheme: dark) { p { color: #222; } }", "1280, dark: color-contrast: p"),
    ],
)
def test_what_is_wrong_on_a_laptop_alone_is_found_in_the_same_visit(phone: Phone, style: str, fault: str) -> None:
    styled = f"#more, #image, #long {{ display: none; }} @media (min-width: 1000px) {{ {style} }}</style>"
    page = (PAGE % ("white", "auto")).replace("</style>", styled).replace("</main>", MORE)
    phone.page.set_content(page)

    with pytest.raises(AssertionError, match=re.escape(fault)) as found:
        assert_accessible_at(phone.page, 320, 1280)

    assert "320," not in str(found.value)


def test_what_is_wrong_on_a_dark_phone_alone_is_found_after_the_laptop(phone: Phone) -> None:
    pale = "@media (max-width: 999px) and (prefers-color-scheme: dark) { p { color: #222; } }</style>"
    phone.page.set_content((PAGE % ("white", "auto")).replace("</style>", pale))

    with pytest.raises(AssertionError, match="320, dark: color-contrast: p"):
        assert_accessible_at(phone.page, 320, 1280)


def test_a_scheme_changes_nothing_but_colours() -> None:
    """So the dark one is asked for its colours alone. `light-dark()` takes nothing else, and nobody asks otherwise."""
    sources = [*PRODUCT.glob("static/**/*.css"), *PRODUCT.glob("static/**/*.js"), *PRODUCT.glob("templates/**/*.html")]
    pages = [path for path in sources if path.parent.name != "mail"]
    assert len(pages) > 100
    of_the_frame = re.compile(r'<meta name="theme-color"[^>]*>')  # the browser's own, around the page

    asking = {path.name for path in pages if "prefers-color-scheme" in of_the_frame.sub("", path.read_text())}

    assert asking == set()
