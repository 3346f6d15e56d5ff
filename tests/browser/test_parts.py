"""Small parts that every page has: dialogs, copying, toasts, countdowns, the live screen, htmx with its token."""

import time
from collections.abc import Callable

import pytest

from stampwell.languages.catalogues import translated_locales
from tests.browser.axe import assert_accessible
from tests.browser.boxes import box_of
from tests.browser.chromium import Phone, wait_js
from tests.browser.large_text import faults_of_large_text
from tests.browser.pages import draw_page
from tests.browser.site import Answer, Asked, Pages, serve

pytestmark = pytest.mark.browser

PARTS = """{% extends "partials/plain_page.html" %}{% block title %}Parts{% endblock %}
{% block main %}<h1>Parts</h1>
<form hx-post="/saved" hx-target="#saved"><label for="name">Name</label><input id="name" name="name" value="Ada">
<button class="button">Save</button></form><p id="saved"></p>
<button class="button" data-opens="sure">Ask</button>
<dialog class="dialog" id="sure" aria-label="Sure?"><p>Sure?</p><button data-closes="dialog">No</button></dialog>
<p id="link">https://example.test/j/lume</p>
<button class="button" data-copies data-copies-from="#link" data-done="The link was copied.">Copy</button>
{% endblock %}"""
LIVE = """{% extends "partials/customer_page.html" %}{% load static %}{% block title %}Live{% endblock %}
{% block main %}<section class="live" data-live data-countdown data-now="{{ now }}" data-from="{{ now }}"
data-until="{{ until }}" data-offset-minutes="345"><canvas aria-hidden="true"></canvas><h1 class="plate">A biscuit</h1>
<p class="clock" data-clock></p><div class="ring" role="timer"><span data-left></span></div>
<p data-while-live>Show this screen</p><p data-when-over hidden>Used</p></section>{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/live.js' %}"></script>{% endblock %}"""
ADDRESS = "https://cards.our-long-shop-name.example"
PIXELS = """Array.from(document.querySelector("canvas").getContext("2d").getImageData(0, 0, 300, 300).data).join()"""


def parts(asked: list[Asked]) -> Pages:
    def save(request: Asked) -> Answer:
        asked.append(request)
        return Answer("<b>Saved</b>") if request.body == b"name=Ada" else Answer("", status=500)

    return {"/": Answer(draw_page(PARTS)), "/saved": save}


def test_htmx_sends_the_token_and_puts_the_answer_in_place(phone: Phone) -> None:
    asked: list[Asked] = []

    with serve(parts(asked)) as url:
        phone.page.goto(url)
        phone.page.click("text=Save")
        wait_js(phone.page, "document.getElementById('saved').textContent === 'Saved'")
        token = phone.page.get_attribute("meta[name=csrf-token]", "content")

    assert token
    assert {name.lower(): value for name, value in asked[0].headers.items()}["x-csrftoken"] == token


def test_a_broken_server_is_told_in_words_and_spoils_nothing(phone: Phone) -> None:
    phone.watch.allow("status of 500")

    with serve(parts([])) as url:
        phone.page.goto(url)
        phone.page.fill("#name", "nobody")
        phone.page.click("text=Save")
        wait_js(phone.page, "document.querySelector('.toast.error') !== null")

    assert phone.page.inner_text(".toast") == "That did not work. Check the connection and try again."
    assert phone.page.inner_text("#saved") == ""


def test_a_dialog_opens_and_closes(phone: Phone) -> None:
    with serve(parts([])) as url:
        phone.page.goto(url)
        phone.page.click("text=Ask")
        assert phone.page.is_visible("dialog")
        phone.page.click("dialog button")
        assert not phone.page.is_visible("dialog")


def test_a_link_is_copied_and_that_is_said(phone: Phone) -> None:
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])

    with serve(parts([])) as url:
        phone.page.goto(url)
        phone.page.click("text=Copy")
        wait_js(phone.page, "document.querySelector('.toast') !== null")

    assert phone.page.inner_text(".toast") == "The link was copied."
    assert phone.page.evaluate("navigator.clipboard.readText()") == "https://example.test/j/lume"


def live_page(*, left: float) -> Answer:
    now = time.time()
    words = draw_page(LIVE, shop_name="Café Lume", now=round(now * 1000), until=round((now + left) * 1000))
    return Answer(words)


def shop_time(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(seconds + 345 * 60))


def test_the_live_screen_moves_and_shows_the_shops_time(phone: Phone) -> None:
    with serve({"/": live_page(left=240)}) as url:
        phone.page.goto(url)
        wait_js(phone.page, "document.querySelector('[data-clock]').textContent !== ''")
        shown = phone.page.inner_text("[data-clock]")
        before = phone.page.evaluate(PIXELS)
        wait_js(phone.page, f"document.querySelector('[data-clock]').textContent !== '{shown}'")

        assert phone.page.evaluate(PIXELS) != before
        assert shown in {shop_time(time.time() - ago) for ago in range(5)}
        assert phone.page.inner_text("[data-left]").startswith(("4:00", "3:5"))


def test_the_live_screen_ends_and_says_so(phone: Phone) -> None:
    with serve({"/": live_page(left=1)}) as url:
        phone.page.goto(url)
        wait_js(phone.page, "document.querySelector('.live').classList.contains('over')")

        assert not phone.page.is_visible("[data-while-live]")
        assert phone.page.is_visible("[data-when-over]")


def test_without_motion_the_clock_still_runs_and_the_picture_stands(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(reduced_motion="reduce")

    with serve({"/": live_page(left=240)}) as url:
        phone.page.goto(url)
        wait_js(phone.page, "document.querySelector('[data-clock]').textContent !== ''")
        shown, before = phone.page.inner_text("[data-clock]"), phone.page.evaluate(PIXELS)
        wait_js(phone.page, f"document.querySelector('[data-clock]').textContent !== '{shown}'")

        assert phone.page.evaluate(PIXELS) == before


ERRORS = ("400", "403", "404", "408", "413", "429", "500", "503")


def error_pages(locale: str) -> Pages:
    pages: Pages = {f"/{error}": Answer(draw_error(error, locale)) for error in ERRORS}
    for why in ("no_cookie", "hidden", "elsewhere", "old"):
        said = {"why": why, "header": "Referrer-Policy: no-referrer", "address": f"{ADDRESS}/j/x/", "back": "/j/x/"}
        pages[f"/403_csrf/{why}"] = Answer(draw_error("403_csrf", locale, **said))
    return pages


def draw_error(name: str, locale: str, **context: object) -> str:
    return draw_page(f'{{% extends "errors/{name}.html" %}}', locale=locale, **context)


def test_error_pages_are_accessible(new_phone: Callable[..., Phone]) -> None:
    phone, pages = new_phone(width=320), error_pages("en")

    with serve(pages) as url:
        for path in pages:
            phone.page.goto(f"{url}{path}")
            assert_accessible(phone.page)


@pytest.mark.parametrize("locale", translated_locales())
@pytest.mark.long
def test_error_pages_keep_their_words_whole_when_they_are_large(new_phone: Callable[..., Phone], locale: str) -> None:
    phone, pages, found = new_phone(width=320), error_pages(locale), {}

    with serve(pages) as url:
        for path in pages:
            phone.page.goto(f"{url}{path}")
            found[path] = faults_of_large_text(phone.page)

    assert {path: faults for path, faults in found.items() if faults} == {}


TOAST = """{% extends "partials/plain_page.html" %}{% block title %}-{% endblock %}{% block main %}<div class="toasts">
<div class="toast success" data-stays><span>An invitation was sent to the-shops-new-manager@example.test.</span>
<button class="button round small" type="button" data-closes=".toast" aria-label="Close">×</button></div></div>
{% endblock %}"""


def test_a_message_with_a_long_address_can_be_closed_on_a_small_screen(new_phone: Callable[..., Phone]) -> None:
    page = new_phone(width=320).page

    with serve({"/": Answer(draw_page(TOAST))}) as url:
        page.goto(url)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        button = box_of(page.get_by_role("button", name="Close"))

    assert button.is_within(320), button
    assert button.is_tappable(), button


PHRASES = """{% extends "partials/plain_page.html" %}{% load i18n %}{% block title %}-{% endblock %}{% block main %}
<h1>{% translate "Your stamp card, on every customer’s phone." %}</h1>
<h1>{% translate "Show this code to collect stamps" %}</h1><h1>次のコーヒーを1杯差し上げます</h1>
<h1>{% translate "Poster for the door and the counter" %}</h1><p><button class="button">{{ long }}</button></p>
<p class="title">{{ long }}</p>{% for title in titles %}<p class="title">{{ title }}</p>
{% endfor %}{% endblock %}"""
LINES = """(selector) => [...document.querySelectorAll(selector)].map((element) => {
  const text = element.firstChild, range = document.createRange(), lines = [];
  let last = -Infinity;
  for (let at = 0; at < text.length; at++) {
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const {top} = range.getBoundingClientRect();
    if (Math.abs(top - last) > 1) lines.push("");
    lines[lines.length - 1] += text.data[at];
    last = top;
  }
  return lines;
})"""
WHOLE = ("スタンプ", "カード", "コーヒー", "カウンター", "ポスター", "お客様", "すべて", "スマホ", "コード")


def test_japanese_headings_buttons_and_titles_break_between_phrases(phone: Phone) -> None:
    button = "このスマホをカウンターのスキャナーとして使えるようにスタンプカードを登録する"
    titles = [
        f"{number}枚目のカードのコードをお客様のスマホとカウンターのポスターに" for number in (1, 10, 100, 1000, 10000)
    ]
    phone.page.set_viewport_size({"width": 375, "height": 700})

    with serve({"/": Answer(draw_page(PHRASES, locale="ja", long=button, titles=titles))}) as url:
        phone.page.goto(url)
        texts = phone.page.evaluate(LINES, "h1, main :is(.button, .title)")

    broken = [
        (word, lines) for lines in texts for word in WHOLE if word in "".join(lines) and word not in "|".join(lines)
    ]
    assert broken == []
    assert max(map(len, texts)) > 1
