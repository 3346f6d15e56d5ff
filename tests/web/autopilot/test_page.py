"""What the page of the autopilot may do in its browser."""

from tests.web.devices import Device
from tests.world import Shop

ALLOWED, REFUSED = ("hid=(self)", "serial=(self)"), ("hid=()", "serial=()")


def test_no_page_but_the_autopilots_may_read_what_is_plugged_in(lume: Shop, till: Device) -> None:
    kiosk = Device(lume, "kiosk").enrol()
    pages = {
        "autopilot": (till.get(), till.get("offline")),
        "others": (
            kiosk.get(),
            kiosk.get("offline"),
            till.get("state"),
            till.client.get("/scanner/"),
            till.client.get("/"),
        ),
    }
    policies = {name: [page.headers["Permissions-Policy"] for page in found] for name, found in pages.items()}

    assert [all(word in policy for word in ALLOWED) for policy in policies["autopilot"]] == [True, True]
    assert [all(word in policy for word in REFUSED) for policy in policies["others"]] == [True] * 5
