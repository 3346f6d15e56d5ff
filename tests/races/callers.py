"""Many callers at the same moment, over real HTTP."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
from django.db import connection


class Call:
    """One POST. Without a key of its own it gets a fresh one."""

    def __init__(self, path: str, body: dict[str, Any], *, key: str | None = None) -> None:
        self.path, self.body, self.key = path, body, key or str(uuid4())


def call_all(url: str, api_key: str, calls: list[Call]) -> list[httpx.Response]:
    """Sends all calls at once, each on a connection of its own, and returns the answers in order."""

    async def send() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(calls))
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
            return await asyncio.gather(*(_send(client, api_key, call) for call in calls))

    # In a thread of its own: a browser test before us may have left an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, send()).result()


async def _send(client: httpx.AsyncClient, api_key: str, call: Call) -> httpx.Response:
    """A connection that is cut off before the answer is no answer: as every client must, it sends again by its key."""
    headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": call.key}
    try:
        return await client.post(f"/api/v1{call.path}", json=call.body, headers=headers)
    except httpx.RemoteProtocolError as cut_off:
        print(f"{call.path}: {cut_off}")
        return await client.post(f"/api/v1{call.path}", json=call.body, headers=headers)


def count_statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def run_together(*steps: Callable[[], object]) -> list[BaseException | None]:
    """Runs each step in a thread with a database connection of its own, all released at once."""
    start = threading.Barrier(len(steps))
    ends: list[BaseException | None] = [None] * len(steps)

    def run(place: int, step: Callable[[], object]) -> None:
        try:
            start.wait()
            step()
        except BaseException as raised:
            ends[place] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
