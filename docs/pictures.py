"""Takes the README's pictures of a running demo: `bin/dev --fresh --data /tmp/pictures`, then `bin/pictures`.

Real screens, walked through as customer, staff and owner do it; nothing is drawn for the occasion.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.camera import Camera

PICTURES = Path(__file__).parent / "pictures"
PHONE = {"width": 390, "height": 780}


def main(data: Path) -> None:
    demo = with_a_new_card(json.loads((data / "demo.json").read_text()))
    PICTURES.mkdir(exist_ok=True)
    film = data / "film.mjpeg"
    camera = Camera(film)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, camera_file=film)
        take_customers_pictures(browser, demo)
        take_staffs_pictures(browser, demo, camera)
        take_owners_pictures(browser, demo)
        browser.close()


def with_a_new_card(demo: dict[str, Any]) -> dict[str, Any]:
    """Another card with six stamps, so that the pictures can be taken again."""
    with httpx.Client(base_url=demo["base_url"], headers={"Authorization": f"Bearer {demo['api_key']}"}) as api:
        card = _post(api, "/cards", {"program_id": demo["program_id"], "locale": "en"})
        stamped = _post(api, f"/cards/{card['id']}/stamps", {"count": 6})
    return {**demo, "card": card, "voucher": stamped["vouchers_issued"][0]}


def _post(api: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": str(uuid4())})
    answer.raise_for_status()
    said: dict[str, Any] = answer.json()
    return said


def open_phone(browser: Browser, **options: Any) -> Page:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, permissions=["camera", "screen-wake-lock"], **options
    )
    return context.new_page()


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(700)  # pictures and fonts settle
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


def take_customers_pictures(browser: Browser, demo: dict[str, Any]) -> None:
    page = open_phone(browser, locale="en")
    page.goto(demo["join_url"])
    shoot(page, "1-join")
    page.goto(demo["card"]["web_url"])
    shoot(page, "3-card")
    page.goto(demo["voucher"]["web_url"])
    page.get_by_role("link", name="Use now").or_(page.get_by_role("button", name="Use now")).first.click()
    page.wait_for_timeout(500)
    page.locator("form button[type=submit], form button:not([type])").last.click()
    shoot(page, "4-self-redeem")


def take_staffs_pictures(browser: Browser, demo: dict[str, Any], camera: Camera) -> None:
    camera.show(demo["card"]["code"])
    time.sleep(31)  # the card was stamped a moment ago, and the shop's cooldown is 30 seconds
    page = open_phone(browser, locale="en")
    page.goto(demo["scanner_url"])
    page.get_by_role("button", name="Use this phone as a scanner").click()
    page.get_by_role("link", name="Bo").click()
    page.get_by_label("Your PIN").fill(demo["staff_pin"])  # its last digit sends it
    page.get_by_role("button", name="Start scanning").click()
    page.wait_for_selector(".outcome", timeout=25_000)
    shoot(page, "2-scan")


def take_owners_pictures(browser: Browser, demo: dict[str, Any]) -> None:
    page = open_phone(browser, locale="en")
    page.goto(f"{demo['base_url']}/accounts/login/")
    page.fill("input[name=login]", demo["owner"]["email"])
    page.fill("input[name=password]", demo["owner"]["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo['base_url']}/")
    shoot(page, "5-owner")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var"))
