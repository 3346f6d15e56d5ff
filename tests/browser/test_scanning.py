"""The scanner's own parts in a real browser: camera, decoder, sending; the server here is a tiny local one."""

import json
import re
from collections.abc import Callable
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.browser.pages import draw_page
from tests.browser.site import Answer, Asked, Pages, serve

pytestmark = [pytest.mark.browser, pytest.mark.django_db]  # the page asks whether there is an announcement

SCANNER = """{% extends "partials/counter_page.html" %}{% load static %}
{% block title %}Scanner{% endblock %}
{% block styles %}{{ block.super }}<link rel="stylesheet" href="{% static 'css/scanner-results.css' %}">{% endblock %}
{% block header %}{{ block.super }}{% include "scanner/kept.html" %}{% endblock %}
{% block main %}<h1 class="only-read-aloud">Scanner</h1>
{% include "partials/scanner_view.html" with scan_url="/scanner/scans" server_now=0 %}{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/scanner/page.js' %}"></script>{% endblock %}"""
STAMPED = """<div class="outcome"><div class="words"><p class="count">8 of 10</p></div><div class="actions">
<form data-act action="/scanner/undo" method="post"><input type="hidden" name="stamp" value="stp_1">
<button class="button">Undo</button></form><button class="button primary" data-next>Next</button></div></div>"""

BUSY = Answer("", status=503, headers={"Retry-After": "0"})
OLD_SCAN = {"key": "key-1", "code": "48291314", "at": 1}
STORE_AS_BEFORE = """(scans) => new Promise((done) => {
  const request = indexedDB.open("stampwell-scanner", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("scans", { keyPath: "key" }).createIndex("at", "at");
  request.onsuccess = () => {
    const transaction = request.result.transaction("scans", "readwrite");
    for (const scan of scans) transaction.objectStore("scans").put(scan);
    transaction.oncomplete = () => { request.result.close(); done(); };
  };
})"""
MEASURE_SAVED = """document.addEventListener("submit", () => {
  const began = performance.now();
  new MutationObserver((_, observer) => {
    if (!document.querySelector("[data-result][data-tone=kept] .title")) return;
    window.savedAfter = performance.now() - began;
    observer.disconnect();
  }).observe(document.querySelector("[data-result]"), { childList: true });
}, true)"""
# The browser's own sound, which begins only after a tap; what is played is written down.
LISTEN = """(() => {
  const { start } = AudioScheduledSourceNode.prototype;
  window.heard = [];
  window.AudioContext = class extends AudioContext {
    constructor(...given) { super(...given); window.audio = this; }
  };
  AudioScheduledSourceNode.prototype.start = function (...when) {
    window.heard.push(`${this.frequency.value} ${this.context.state}`);
    return start.apply(this, when);
  };
})()"""
# However busy the machine is: a page that has waited two seconds for an answer says first that the scan was saved.
PATIENT = "AbortSignal.timeout = () => new AbortController().signal"
FRAMES = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"


class Till:
    """Answers scans and remembers what it was sent."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.failures = 0
        self.batches: list[list[dict[str, Any]]] = []
        self.batch_answers: list[Answer] = []  # before it takes them

    def pages(self) -> Pages:
        return {
            "/scanner/": Answer(draw_page(SCANNER)),
            "/scanner/scans": self.take,
            "/scanner/undo": self.undo,
            "/scanner/scans/batch": self.take_batch,
            "/scanner/device-key": Answer('{"station": "stn_1", "known": true}', "application/json"),
        }

    def take(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.failures:
            self.failures -= 1
            return Answer("", status=503, headers={"Retry-After": "0"})
        return self.result("stamped", "good", STAMPED)

    def take_batch(self, asked: Asked) -> Answer:
        lines = json.loads(asked.body)["scans"]
        self.batches.append(lines)
        if self.batch_answers:
            return self.batch_answers.pop(0)
        results = [{"key": line["key"], "state": "counted", "words": "8 of 10", "tone": "good"} for line in lines]
        return Answer(json.dumps({"results": results}), "application/json")

    def undo(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.result("undone", "attention", '<div class="outcome"><p class="title">Taken back</p></div>')

    @staticmethod
    def result(outcome: str, tone: str, html: str) -> Answer:
        return Answer(json.dumps({"outcome": outcome, "tone": tone, "html": html}), "application/json")

    def codes(self) -> list[str]:
        return [json.loads(asked.body)["code"] for asked in self.asked]


def wait_result(page: Page, tone: str) -> None:
    shown = f"document.querySelector('[data-result]').dataset.tone === '{tone}'"
    wait_js(page, shown, seconds=CAMERA_SECONDS)


@pytest.mark.parametrize("code_format", ["QRCode", "Aztec", "PDF417", "Code128"])
def test_a_code_before_the_camera_is_scanned_once(phone: Phone, camera: Camera, code_format: str) -> None:
    camera.show("SW1:48291314:12345678", code_format=code_format)
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        phone.page.click("[data-start]")
        wait_result(phone.page, "good")
        seen = phone.page.evaluate(FRAMES)
        wait_js(phone.page, f"{FRAMES} > {seen + 15}")  # the same code is still in view

    assert till.codes() == ["SW1:48291314:12345678"]
    assert UUID(json.loads(till.asked[0].body)["key"])
    assert phone.page.inner_text("[data-result] .count") == "8 of 10"


def test_an_inverted_code_in_the_dark_is_read(phone: Phone, camera: Camera) -> None:
    camera.show("SW1:48291314:12345678", inverted=True, light=0.4, turned=20)
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        phone.page.click("[data-start]")
        wait_result(phone.page, "good")

    assert till.codes() == ["SW1:48291314:12345678"]


def type_number(page: Page, number: str) -> None:
    page.fill("[data-typed] input", number)
    page.press("[data-typed] input", "Enter")


def test_a_typed_number_is_sent_until_it_is_answered_with_one_key(phone: Phone) -> None:
    till = Till()
    till.failures = 2
    phone.watch.allow("status of 503")

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_result(phone.page, "good")

    assert till.codes() == ["48291314"] * 3
    assert len({json.loads(asked.body)["key"] for asked in till.asked}) == 1


def test_a_scan_that_was_not_answered_survives_closing_the_page(phone: Phone) -> None:
    till = Till()
    till.failures, till.batch_answers = 1000, [BUSY] * 1000
    phone.watch.allow("status of 503")

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_result(phone.page, "kept")
        phone.page.close()
        till.batch_answers = []
        again = phone.context.new_page()
        again.goto(f"{url}/scanner/")
        expect(again.locator("[data-kept-chips]")).to_have_text("Counted: 1")

    assert {json.loads(asked.body)["key"] for asked in till.asked} == {line["key"] for line in till.batches[-1]}


def lose_network(phone: Phone) -> None:
    phone.watch.allow("ERR_INTERNET_DISCONNECTED")  # no shell is kept here
    phone.context.set_offline(True)


def keep_scans(phone: Phone, *numbers: str) -> None:
    page = phone.page
    lose_network(phone)
    for number in numbers:
        type_number(page, number)
        wait_result(page, "kept")
        page.click("[data-result] [data-next]")


def test_saved_scans_are_sent_in_their_order_with_their_numbers_and_a_signature(phone: Phone) -> None:
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        keep_scans(phone, "48291314", "48291322", "48291330")
        expect(phone.page.locator("[data-kept-chips]")).to_contain_text(re.compile(r"Saved scans: 3, since \d\d:\d\d"))
        phone.context.set_offline(False)
        expect(phone.page.locator("[data-kept-chips]")).to_have_text("Counted: 3")

    assert till.asked == []
    (batch,) = till.batches
    assert [line["code"] for line in batch] == ["48291314", "48291322", "48291330"]
    assert [line["sequence"] for line in batch] == [1, 2, 3]
    assert [len(line["signature"]) for line in batch] == [86] * 3  # 64 bytes


def test_what_the_server_cannot_read_is_found_and_shown_and_the_others_count(phone: Phone) -> None:
    till = Till()
    phone.watch.allow("status of 422")
    till.batch_answers = [Answer("{}", "application/json", status=422)] * 3  # of three, of two, of the first alone

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        keep_scans(phone, "48291314", "48291322", "48291330")
        phone.context.set_offline(False)
        expect(phone.page.locator("[data-kept-chips]")).to_have_text("Counted: 2Unreadable: 1")
        phone.page.click("[data-kept] > button")

        expect(phone.page.get_by_role("dialog")).to_contain_text("The server could not read this scan")

    assert [len(batch) for batch in till.batches] == [3, 2, 1, 1, 1]


def test_scans_of_the_version_before_are_sent_too(phone: Phone) -> None:
    till = Till()

    with serve({**till.pages(), "/": Answer("<title>Empty</title>")}, scans=True) as url:
        phone.page.goto(url)
        phone.page.evaluate(STORE_AS_BEFORE, [{"key": "key-2", "code": "48291322", "at": 2}, OLD_SCAN])
        phone.page.goto(f"{url}/scanner/")
        expect(phone.page.locator("[data-kept-chips]")).to_have_text("Counted: 2")

    (batch,) = till.batches
    assert [(line["key"], line["sequence"], line["scanned_at"], line["shift"]) for line in batch] == [
        ("key-1", 1, 1, ""),
        ("key-2", 2, 2, ""),
    ]


def test_without_https_scans_are_saved_unsigned_and_the_page_says_so(phone: Phone) -> None:
    till = Till()
    phone.page.add_init_script(
        'Object.defineProperty(crypto, "subtle", { get: () => undefined });'
        'Object.defineProperty(navigator, "locks", { get: () => undefined });'
    )

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        keep_scans(phone, "48291314")
        phone.page.click("[data-kept] > button")
        expect(phone.page.get_by_role("dialog")).to_contain_text("This address does not begin with https.")
        phone.context.set_offline(False)
        expect(phone.page.locator("[data-kept-chips]")).to_have_text("Counted: 1")

    assert till.batches[0][0]["signature"] == ""


def test_what_was_saved_is_said_soon_after_the_answer_is_late(phone: Phone) -> None:
    """Late is two seconds. The page measures, for this machine may be slow."""
    till = Till()
    answer = Event()
    phone.page.add_init_script(MEASURE_SAVED)

    def hold(asked: Asked) -> Answer:
        answer.wait(20)
        return BUSY

    with serve({**till.pages(), "/scanner/scans": hold}, scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_result(phone.page, "kept")
        took = phone.page.evaluate("window.savedAfter")
        answer.set()

    assert 1950 <= took < 8000  # asked alone, a scan is waited for ten seconds


def test_a_reward_is_not_saved_without_a_connection(phone: Phone) -> None:
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        lose_network(phone)
        type_number(phone.page, f"V{'B' * 32}")
        wait_result(phone.page, "attention")

        assert "Rewards need a connection" in phone.page.inner_text("[data-result]")
        expect(phone.page.locator("[data-kept]")).to_be_hidden()


def test_an_undo_without_a_connection_says_so_and_is_done_once_when_it_is_tapped_again(phone: Phone) -> None:
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_result(phone.page, "good")
        lose_network(phone)
        phone.page.click("text=Undo")
        expect(phone.page.locator("[data-waiting]")).to_contain_text("Tap again when it is back")
        phone.context.set_offline(False)
        phone.page.click("text=Undo")
        wait_result(phone.page, "attention")

    assert [asked.path for asked in till.asked] == ["/scanner/scans", "/scanner/undo"]


def test_a_form_in_the_result_is_answered_like_a_scan(phone: Phone) -> None:
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_result(phone.page, "good")
        phone.page.click("text=Undo")
        wait_result(phone.page, "attention")

    assert till.asked[-1].path == "/scanner/undo"
    assert till.asked[-1].body.startswith(b"stamp=stp_1&key=")
    assert phone.page.inner_text("[data-result]") == "Taken back"


@pytest.mark.usefixtures("camera")  # with nothing before it, whatever the test before held there
def test_staff_hear_what_came_of_a_scan_without_looking(phone: Phone) -> None:
    page = phone.page
    page.add_init_script(LISTEN)
    page.add_init_script(PATIENT)

    with serve(Till().pages(), scans=True) as url:
        page.goto(f"{url}/scanner/")
        page.click("[data-start]")  # a tap, before which nothing can be heard
        wait_js(page, "window.audio?.state === 'running'")
        type_number(page, "48291314")
        wait_result(page, "good")
        page.click("[data-next]")
        lose_network(phone)
        type_number(page, "48291322")
        wait_result(page, "kept")
        page.click("[data-next]")
        type_number(page, f"V{'B' * 32}")
        wait_result(page, "attention")

        rising, saved, look_here = [660, 990], [660], [740, 740, 990]
        heard = [f"{pitch} running" for pitch in (*rising, *saved, *look_here)]
        assert page.evaluate("window.heard") == heard


def test_behind_a_result_nothing_can_be_reached_until_it_is_closed(phone: Phone) -> None:
    typed = "document.querySelector('[data-typed]').closest('[inert]') !== null"

    with serve(Till().pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_result(phone.page, "good")
        behind = phone.page.evaluate(typed)
        phone.page.click("[data-next]")

        assert behind
        assert not phone.page.evaluate(typed)
        assert not phone.page.is_visible("[data-result]")


def test_a_signed_out_phone_says_that_nothing_was_counted(phone: Phone) -> None:
    phone.watch.allow("status of 403")
    pages = {**Till().pages(), "/scanner/scans": Answer("", status=403)}

    with serve(pages, scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291314")
        wait_js(phone.page, "!document.querySelector('[data-camera-trouble]').hidden")

    assert "Nothing was counted" in phone.page.inner_text("[data-camera-trouble]")


@pytest.mark.parametrize(
    ("fault", "words"),
    [("NotAllowedError", "The camera is blocked."), ("NotFoundError", "This device has no camera.")],
)
def test_a_camera_that_does_not_start_is_explained(phone: Phone, fault: str, words: str) -> None:
    phone.page.add_init_script(
        f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{fault}'))"
    )

    with serve(Till().pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        phone.page.click("[data-start]")
        wait_js(phone.page, "!document.querySelector('[data-camera-trouble]').hidden")

        assert words in phone.page.inner_text("[data-camera-trouble]")


def test_the_scanner_is_accessible(new_phone: Callable[..., Phone]) -> None:
    phone = new_phone(width=320, height=568)

    with serve(Till().pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        assert_accessible(phone.page)
        type_number(phone.page, "48291314")
        wait_result(phone.page, "good")
        assert_accessible(phone.page)
