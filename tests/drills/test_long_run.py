"""Minutes of bad luck: something is killed again and again, and the count is right at the end."""

import os
import random
import signal
from pathlib import Path

import pytest

from stampwell.database import running_server
from tests.drills.shop import busy_shop, count_lost
from tests.drills.test_killing import kill_server, some_backend

KILLS = 60


@pytest.mark.drill
def test_sixty_kills_in_a_row_lose_nothing(data_dir: Path) -> None:
    luck = random.Random(20261122)
    victims = [luck.choice(["application", "server", "connection"]) for _ in range(KILLS)]
    with running_server(data_dir) as url, busy_shop(url, data_dir / "notes") as shop:
        for number, victim in enumerate(victims):
            if victim == "application":
                name, process = luck.choice(sorted(shop.running.items()))
                process.kill()
                process.wait()
                del shop.running[name]
                shop.hire(url, f"writer-after-kill-{number}")
            elif victim == "server":
                kill_server(data_dir)
            else:
                os.kill(some_backend(url), signal.SIGKILL)
            shop.work(luck.randint(1, 200))
        shop.close()

        lost = count_lost(url, shop)
        counts = ", ".join(f"{victims.count(victim)} × {victim}" for victim in sorted(set(victims)))
        print(f"{counts} killed: {shop.confirmed()} rows confirmed, {lost} lost")
    assert lost == 0
