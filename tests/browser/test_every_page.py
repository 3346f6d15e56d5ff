"""Every page: nothing on it is written into the code in English, and everybody can use it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from stampwell.languages.catalogues import translated_locales
from stampwell.languages.checking import has_other_script, has_source_words
from stampwell.languages.offered import offered_locales
from stampwell.languages.pseudo import compile_pseudo, pseudo_settings
from tests.browser.axe import assert_accessible_at, carry_axe
from tests.browser.chromium import Phone
from tests.browser.entering import sent_by_enter
from tests.browser.large_text import LOOK, faults_of_large_text
from tests.browser.tour import Tour, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What stands on pages without being a sentence of ours: the shop's own texts, names, codes, numbers.
GIVEN = re.compile(
    r"Stampwell|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"  # CLDR's, as are the days
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"
    r"|Café Lume|Coffee card|A biscuit|A free coffee|FREECOFFEE|GIFT100|BDAY25|ada@lume\.example|\bada\b|\bBo\b|\bCy\b"
    r"|English|Latviešu|Eesti|Oʻzbekcha|Қазақша|日本語|EUR|Europe/Riga|Latvia: Riga|https?://\S*|sk_\S+|docs/\S+\.md|\w+\.(?:pdf|png|svg)\b"
    r"|QR|Code 128|EAN-13|EAN-8|UPC-A|ITF|Code 39|PDF417|Aztec|Data Matrix|Apple Wallet|Google Wallet"
    r"|Shopify POS|Lightspeed X|Odoo|ERPNext|iiko / Syrve"
)
ON_A_LAPTOP = "lv"  # long words and many of them
OURS = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SEEN = """() => {
  const seen = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const skipped = "script, style, template, svg, option, bdi, code, output";
    if (!node.data.trim() || node.parentElement.closest(skipped)) continue;
    seen.push(node.data);
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"])
      if (element.getAttribute(name)) seen.push(element.getAttribute(name));
  return seen.map((text) => text.replace(/\\s+/g, " ").trim());
}"""

WIDE = 1920
OFF_CENTRE = """() => {
  const main = document.querySelector(".desk > main");
  if (!main) return "";
  const boxes = [...main.children].map((child) => child.getBoundingClientRect()).filter((box) => box.width);
  const room = main.getBoundingClientRect(), root = document.documentElement;
  const left = Math.min(...boxes.map((box) => box.left)) - room.left;
  const right = room.right - Math.max(...boxes.map((box) => box.right));
  if (root.scrollWidth > root.clientWidth) return "scrolls sideways";
  return Math.abs(left - right) > 1 ? `${left} px at the left, ${right} at the right` : "";
}"""
IS_AS_SERVED = """(served) =>
  new DOMParser().parseFromString(served, "text/html").body.outerHTML === document.body.outerHTML"""
IN_ANOTHER_LANGUAGE = """async ([path, locale]) => {
  const answer = await fetch(path, {headers: {"Accept-Language": locale}});
  const other = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const {name, value} of other.documentElement.attributes) document.documentElement.setAttribute(name, value);
  document.title = other.title;
  document.body.replaceWith(document.adoptNode(other.body));
}"""


def written_into_the_code(page: Page) -> list[str]:
    """Texts on the page that no catalogue gave."""
    # Twice, for a sentence of ours may quote another one, such as an example of a reward.
    left = (GIVEN.sub("", OURS.sub("", OURS.sub("", text))) for text in page.evaluate(SEEN))
    return [text for text in left if LETTERS.search(text)]


@pytest.mark.long
def test_no_sentence_is_written_into_the_code_and_no_form_of_the_desk_is_sent_by_enter(
    live_server: LiveServer, new_phone: Callable[..., Phone], tmp_path: Path
) -> None:
    compile_pseudo(tmp_path)
    with override_settings(**pseudo_settings(tmp_path)):
        tour, phone = Tour(), new_phone(base_url=live_server.url, locale="en-XA", width=320, height=640)
        phone.watch.allow("404|401|403")
        found = {path: look(phone, path) for path in tour.customers_pages()}
        sign_in(phone, live_server, tour.shop)
        sent = {}
        for path in tour.owners_pages():
            found[path] = look(phone, path)
            sent[path] = sent_by_enter(phone.page)

    assert {path: texts for path, texts in found.items() if texts} == {}
    assert {path: forms for path, forms in sent.items() if forms} == {}


def look(phone: Phone, path: str) -> list[str]:
    answer = phone.page.goto(path)
    assert answer is not None
    assert answer.status in {200, 401, 403, 404}, f"{path} answered {answer.status}"
    return written_into_the_code(phone.page)


def test_everybody_can_use_every_page(live_server: LiveServer, new_phone: Callable[..., Phone]) -> None:
    tour, phone = Tour(), new_phone(base_url=live_server.url, width=320)
    phone.watch.allow("404|401|403")
    carry_axe(phone.context)
    for path in tour.customers_pages():
        phone.page.goto(path)
        assert_accessible_at(phone.page, 320, 1280)
    sign_in(phone, live_server, tour.shop)
    off_centre = {}
    for path in tour.owners_pages():
        phone.page.goto(path)
        assert_accessible_at(phone.page, 320, 1280)
        phone.page.set_viewport_size({"width": WIDE, "height": 1080})
        off_centre[path] = phone.page.evaluate(OFF_CENTRE)
        phone.page.set_viewport_size({"width": 320, "height": 844})

    assert {path: how for path, how in off_centre.items() if how} == {}


@pytest.mark.long
def test_a_page_speaks_one_language_and_keeps_its_words_whole_when_they_are_large(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    tour = Tour()
    phones = {
        locale: new_phone(base_url=live_server.url, locale=locale, width=320, height=640)
        for locale in translated_locales()
    }
    for phone in phones.values():
        phone.watch.allow("404|401|403")
    found = {path: faults_in_each_language(phones, path) for path in tour.customers_pages()}
    for phone in phones.values():
        sign_in(phone, live_server, tour.shop)
    found |= {path: faults_in_each_language(phones, path, desk=True) for path in tour.owners_pages()}

    assert {path: faults for path, faults in found.items() if faults} == {}


def faults_in_each_language(phones: dict[str, Phone], path: str, *, desk: bool = False) -> list[str]:
    """A page that no script has changed is read in other languages where it stands: opening it takes the most time."""
    page = phones[ON_A_LAPTOP].page
    answer = page.goto(path)
    assert answer is not None
    is_as_served = page.evaluate(IS_AS_SERVED, answer.text())
    faults = faults_of_texts(page, ON_A_LAPTOP)
    if desk:
        faults += faults_on_a_laptop(page)
    for locale in phones.keys() - {ON_A_LAPTOP}:
        if is_as_served:
            page.evaluate(IN_ANOTHER_LANGUAGE, [path, locale])
            faults += faults_of_texts(page, locale)
        else:
            phones[locale].page.goto(path)
            faults += faults_of_texts(phones[locale].page, locale)
    return faults


def faults_of_texts(page: Page, locale: str) -> list[str]:
    return [f"{locale}: {fault}" for fault in foreign_texts(page, locale) + faults_of_large_text(page)]


def faults_on_a_laptop(page: Page) -> list[str]:
    """What stands beside something else there, and not below it, keeps its words whole too."""
    page.set_viewport_size({"width": 1280, "height": 900})
    found: list[str] = page.evaluate(LOOK, 100)
    page.set_viewport_size({"width": 320, "height": 640})
    return found


def foreign_texts(page: Page, locale: str) -> list[str]:
    """Texts of the page with English function words, or words in a script that the language is not written in."""
    assert page.evaluate("document.documentElement.lang") == locale
    texts = [GIVEN.sub(" ", text) for text in page.evaluate(SEEN)]
    return [text for text in texts if has_source_words(locale, "", text) or has_other_script(locale, "", text)]


def test_the_names_of_the_places_do_not_run_into_each_other(
    live_server: LiveServer, new_phone: Callable[..., Phone]
) -> None:
    tour = Tour()
    for locale in offered_locales():
        phone = new_phone(base_url=live_server.url, locale=locale, width=320, height=640)
        sign_in(phone, live_server, tour.shop)
        page = phone.page
        page.goto(reverse("your_shop"))
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 640})
            wide = page.eval_on_selector_all(
                ".places > *", "all => all.filter(it => it.scrollWidth > it.clientWidth + 1).map(it => it.innerText)"
            )
            bar = page.eval_on_selector(".places", "it => it.scrollWidth - it.clientWidth")

            assert wide == [], f"{locale}, {width}"
            assert bar <= 1, f"{locale}, {width}"  # both are rounded, each by itself
