"""The server of the browser's tests: nobody is inside when a test's rows go."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from tests.browser.live import Answer, Door


class Slow:
    """Answers when it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = Event(), Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Answer:
        self.begun.set()
        assert self.may_end.wait(10)
        start_response("200 OK", [])
        return [b"done"]


def ask(door: Door) -> tuple[str, bytes]:
    said: list[str] = []
    body = door({"PATH_INFO": "/"}, lambda status, headers: said.append(status))
    return said[0], b"".join(body)


def test_a_door_that_is_shut_waits_for_who_is_inside_and_lets_nobody_in() -> None:
    slow = Slow()
    door = Door(slow)
    door.open()
    with ThreadPoolExecutor() as others:
        inside = others.submit(ask, door)
        assert slow.begun.wait(10)
        shut = others.submit(door.shut)
        while door.is_open:
            time.sleep(0.01)
        assert ask(door)[0] == "503 Service Unavailable"
        assert not shut.done()
        slow.may_end.set()
        shut.result(10)

    assert inside.result() == ("200 OK", b"done")
    door.leave()
