"""Several cameras and one that can zoom: offered where they are, and remembered by the device."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.camera import Camera
from tests.browser.chromium import CAMERA_SECONDS, Phone, wait_js
from tests.browser.site import serve
from tests.browser.test_scanning import FRAMES, Till, wait_result

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# The browser's one camera plays several; what it was asked for and told is written down.
CAMERAS = """(() => {
  const ids = %s, zoom = %s, media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  window.opened = [];
  window.told = [];
  media.enumerateDevices = async () => ids.map((deviceId) => ({ kind: "videoinput", deviceId, label: "" }));
  media.getUserMedia = async ({ video }) => {
    const wanted = video.deviceId?.exact;
    window.opened.push(wanted ?? video.facingMode.ideal);
    if (wanted && !ids.includes(wanted)) throw new DOMException("", "OverconstrainedError");
    const stream = await open({ video: true });
    const [track] = stream.getVideoTracks();
    track.getSettings = () => ({ deviceId: wanted ?? ids[0] });
    track.getCapabilities = () => (zoom ? { zoom } : {});
    track.applyConstraints = async ({ advanced: [set] }) => void window.told.push(set.zoom);
    return stream;
  };
})()"""
# One with a light. As browsers do, it takes all of what it is told or nothing, and what is not named goes back.
LIGHT = """(() => {
  const media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  const dark = { torch: false, zoom: 1 };
  window.light = { now: dark, isTaken: false };
  media.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    const [track] = stream.getVideoTracks();
    window.light.now = dark;
    track.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.5 } });
    track.getSettings = () => ({ deviceId: "wide", ...window.light.now });
    track.applyConstraints = async ({ advanced: [set] }) => {
      if (window.light.isTaken) throw new DOMException("", "OperationError");
      window.light.now = { ...dark, ...JSON.parse(JSON.stringify(set)) };
    };
    return stream;
  };
})()"""
NO_ZOOM = None
ZOOM = {"min": 1, "max": 8, "step": 0.5}


def open_scanner(phone: Phone, url: str, ids: list[str], zoom: dict[str, float] | None) -> Page:
    page = phone.page
    page.add_init_script(CAMERAS % (json.dumps(ids), json.dumps(zoom)))
    page.goto(f"{url}/scanner/")
    start(page)
    return page


def start(page: Page) -> None:
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("[data-scanner].running")).to_be_visible(timeout=CAMERA_SECONDS * 1000)


def test_another_camera_is_taken_with_one_tap_and_remembered(phone: Phone) -> None:
    with serve(Till().pages(), scans=True) as url:
        page = open_scanner(phone, url, ["wide", "near", "front"], NO_ZOOM)
        page.get_by_role("button", name="Use another camera").click()
        wait_js(page, "window.opened.length === 2")
        page.reload()
        start(page)

        assert page.evaluate("window.opened") == ["near"]


@pytest.mark.long
def test_a_camera_that_is_gone_gives_way_to_the_usual_one(phone: Phone) -> None:
    phone.page.add_init_script("localStorage.setItem('stampwell-camera', '{\"id\": \"gone\"}')")

    with serve(Till().pages(), scans=True) as url:
        page = open_scanner(phone, url, ["wide"], NO_ZOOM)

        assert page.evaluate("window.opened") == ["gone", "environment"]


@pytest.mark.long
def test_one_camera_that_cannot_zoom_offers_nothing(phone: Phone) -> None:
    with serve(Till().pages(), scans=True) as url:
        page = open_scanner(phone, url, ["wide"], NO_ZOOM)
        page.wait_for_load_state("networkidle")

        expect(page.get_by_role("button", name="Use another camera")).to_be_hidden()
        expect(page.get_by_label("Zoom")).to_be_hidden()
        expect(page.get_by_role("button", name="Light")).to_be_hidden()


@pytest.mark.long
def test_zoom_is_a_slider_and_remembered_for_its_camera(phone: Phone) -> None:
    with serve(Till().pages(), scans=True) as url:
        page = open_scanner(phone, url, ["wide", "near"], ZOOM)
        slider = page.get_by_label("Zoom")
        expect(slider).to_have_attribute("max", "4")  # nearer than that a hand shakes too much
        slider.fill("2.5")
        assert page.evaluate("window.told") == [1, 2.5]
        page.reload()
        start(page)
        expect(slider).to_have_value("2.5")
        page.get_by_role("button", name="Use another camera").click()

        expect(slider).to_have_value("1")


@pytest.mark.long
def test_the_light_is_switched_whatever_the_zoom_and_stays_what_it_was_where_it_cannot(phone: Phone) -> None:
    page = phone.page
    page.add_init_script(LIGHT)

    with serve(Till().pages(), scans=True) as url:
        page.goto(f"{url}/scanner/")
        start(page)
        light, slider = page.get_by_role("button", name="Light"), page.get_by_label("Zoom")
        expect(slider).to_be_visible()
        light.click()
        expect(light).to_have_attribute("aria-pressed", "true")
        slider.fill("2.5")
        wait_js(page, "window.light.now.torch && window.light.now.zoom === 2.5")
        page.evaluate("window.light.isTaken = true")  # by another app
        light.click()
        wait_js(page, "window.light.now.torch")
        expect(light).to_have_attribute("aria-pressed", "true")
        page.evaluate("window.light.isTaken = false")
        light.click()
        expect(light).to_have_attribute("aria-pressed", "false")

        assert page.evaluate("window.light.now") == {"torch": False, "zoom": 2.5}


def test_what_can_be_chosen_of_a_camera_is_accessible(phone: Phone, camera: Camera) -> None:
    with serve(Till().pages(), scans=True) as url:
        page = open_scanner(phone, url, ["wide", "near"], ZOOM)
        expect(page.get_by_label("Zoom")).to_be_visible()

        assert_accessible(page)


@pytest.mark.long
def test_behind_an_open_dialog_nothing_is_scanned(phone: Phone, camera: Camera) -> None:
    till, page = Till(), phone.page
    camera.show("SW1:48291310:12345678")

    with serve(till.pages(), scans=True) as url:
        page.goto(f"{url}/scanner/")
        page.locator("[data-start]:enabled").wait_for()
        page.evaluate("document.querySelector('[data-start]').click(); document.querySelector('dialog').showModal()")
        wait_js(page, f"{FRAMES} > 30", seconds=CAMERA_SECONDS)
        assert till.asked == []
        page.evaluate("document.querySelector('dialog').close()")
        wait_result(page, "good")

    assert till.codes() == ["SW1:48291310:12345678"]
