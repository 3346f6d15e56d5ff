"""The scanner's own parts in a real browser: camera, decoder, sending; the server here is a tiny local one."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.browser.pages import draw_page
from tests.browser.site import Answer, Asked, Pages, serve

pytestmark = [pytest.mark.browser, pytest.mark.django_db]  # the page asks whether there is an announcement

SCANNER = """{% extends "partials/counter_page.html" %}{% load static %}
{% block title %}Scanner{% endblock %}
{% block main %}<h1 class="only-read-aloud">Scanner</h1>
{% include "partials/scanner_view.html" with scan_url="/scanner/scans" server_now=0 %}{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/scanner/page.js' %}"></script>{% endblock %}"""
STAMPED = """<div class="outcome"><div class="words"><p class="count">8 of 10</p></div><div class="actions">
<form data-act action="/scanner/undo" method="post"><input type="hidden" name="stamp" value="stp_1">
<button class="button">Undo</button></form><button class="button primary" data-next>Next</button></div></div>"""

FRAMES = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"


class Till:
    """Answers scans and remembers what it was sent."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.failures = 0

    def pages(self) -> Pages:
        return {"/scanner/": Answer(draw_page(SCANNER)), "/scanner/scans": self.take, "/scanner/undo": self.undo}

    def take(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.failures:
            self.failures -= 1
            return Answer("", status=503, headers={"Retry-After": "0"})
        return self.result("stamped", "good", STAMPED)

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
    camera.show("SW1:48291310:12345678", code_format=code_format)
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        phone.page.click("[data-start]")
        wait_result(phone.page, "good")
        seen = phone.page.evaluate(FRAMES)
        wait_js(phone.page, f"{FRAMES} > {seen + 15}")  # the same code is still in view

    assert till.codes() == ["SW1:48291310:12345678"]
    assert UUID(json.loads(till.asked[0].body)["key"])
    assert phone.page.inner_text("[data-result] .count") == "8 of 10"


def test_an_inverted_code_in_the_dark_is_read(phone: Phone, camera: Camera) -> None:
    camera.show("SW1:48291310:12345678", inverted=True, light=0.4, turned=20)
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        phone.page.click("[data-start]")
        wait_result(phone.page, "good")

    assert till.codes() == ["SW1:48291310:12345678"]


def type_number(page: Page, number: str) -> None:
    page.fill("[data-typed] input", number)
    page.press("[data-typed] input", "Enter")


def test_a_typed_number_is_sent_until_it_is_answered_with_one_key(phone: Phone) -> None:
    till = Till()
    till.failures = 2
    phone.watch.allow("status of 503")

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291310")
        wait_result(phone.page, "good")

    assert till.codes() == ["48291310"] * 3
    assert len({json.loads(asked.body)["key"] for asked in till.asked}) == 1


def test_a_scan_that_was_not_answered_survives_closing_the_page(phone: Phone) -> None:
    till = Till()
    till.failures = 1000
    phone.watch.allow("status of 503")

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291310")
        wait_js(phone.page, "document.querySelector('[data-waiting]').textContent.includes('Still sending')")
        phone.page.close()
        till.failures = 0
        again = phone.context.new_page()
        again.goto(f"{url}/scanner/")
        wait_result(again, "good")

    assert len({json.loads(asked.body)["key"] for asked in till.asked}) == 1


def test_a_form_in_the_result_is_answered_like_a_scan(phone: Phone) -> None:
    till = Till()

    with serve(till.pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291310")
        wait_result(phone.page, "good")
        phone.page.click("text=Undo")
        wait_result(phone.page, "attention")

    assert till.asked[-1].path == "/scanner/undo"
    assert till.asked[-1].body.startswith(b"stamp=stp_1&key=")
    assert phone.page.inner_text("[data-result]") == "Taken back"


def test_behind_a_result_nothing_can_be_reached_until_it_is_closed(phone: Phone) -> None:
    typed = "document.querySelector('[data-typed]').closest('[inert]') !== null"

    with serve(Till().pages(), scans=True) as url:
        phone.page.goto(f"{url}/scanner/")
        type_number(phone.page, "48291310")
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
        type_number(phone.page, "48291310")
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
        type_number(phone.page, "48291310")
        wait_result(phone.page, "good")
        assert_accessible(phone.page)
