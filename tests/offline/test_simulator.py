"""Four devices, a bad network and wrong clocks: whatever happens, each scan has one effect or is seen to wait, and no
voucher is used twice.

Each number is one run of the world, always the same one. `STAMPWELL_OFFLINE_SEEDS=417 bin/test
tests/offline/test_simulator.py` plays number 417 alone, `0-5000` plays those. A run that meets no fault of a kind
proves nothing, so the whole must meet all.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from stampwell.cards.models import Stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.enrolling import revoke_station
from stampwell.offline.deciding import scans_to_decide
from stampwell.offline.models import KeptScan
from stampwell.requests.once import kept_answers
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.refusals import VoucherAlreadyRedeemed
from tests.moments import START
from tests.offline.handed_out import handed_out
from tests.offline.simulated import Kept, Opened, Simulated, open_shop
from tests.tiers import first_of

BLOCKS, BLOCK = 4, 250  # in blocks, so that two workers share them
ENOUGH = 100  # runs, to meet every fault
COOLDOWN = timedelta(seconds=60)
STEPS = 12
FAULTS = (
    *("request dropped", "answer cut", "sent twice", "two tabs", "out of order", "clock moved", "memory lost"),
    *("switched off", "answer to a lone scan cut", "lone scan after its batch", "cooldown met", "time not believed"),
    *("taken back", "taken back too late", "handed out twice", "handed out where nobody stands"),
)


def blocks() -> list[range]:
    """The numbers to play."""
    if wanted := os.environ.get("STAMPWELL_OFFLINE_SEEDS"):
        first, _dash, last = wanted.partition("-")
        return [range(int(first), int(last or int(first) + 1))]
    return [range(block * BLOCK, (block + 1) * BLOCK) for block in range(BLOCKS)]


class World:
    """One run. `met` counts the faults."""

    def __init__(self, seed: int, opened: Opened) -> None:
        self.random, self.shop, self.cards, self.vouchers = Random(seed), opened.shop, opened.cards, opened.vouchers
        self.devices = [Simulated(one, self.random) for one in opened.devices]
        self.at, self.met = START, Counter[str]()
        self.all: dict[str, Kept] = {}
        self.on_the_way: list[tuple[Simulated, dict[str, Any]]] = []
        self.used_elsewhere = 0

    def run(self) -> None:
        steps = [self.scan] * 6 + [self.hand_in] * 3 + [self.late_packet, self.move_clock, self.lose_memory]
        steps += [self.take_back, *[self.hand_out] * 3, self.use_elsewhere]
        for _step in range(STEPS):
            self.at += timedelta(seconds=self.random.choice([1, 20, 70, 400]))
            with stopped_at(self.at):
                self.random.choice(steps)(self.random.choice(self.devices))
                if self.random.random() < 0.03:
                    self.switch_off(self.random.choice(self.devices))
        self.at += timedelta(minutes=10)
        with stopped_at(self.at):
            while self.on_the_way:
                self.late_packet(self.devices[0])
            for device in self.devices:
                for _try in range(20):
                    if device.memory:
                        self.deliver(device, device.device.batch(*(kept.scan for kept in device.memory.values())))
                assert not device.memory, "a device is still waiting for an answer"

    # What happens

    def scan(self, device: Simulated) -> None:
        card = self.random.choice(self.cards)
        kept = Kept(device.device.keep(card.code), card, now(), device.clocks_moved)
        device.memory[kept.scan["key"]] = self.all[kept.scan["key"]] = kept
        if self.random.random() < 0.35:
            self.send_alone(device, kept)

    def hand_out(self, device: Simulated) -> None:
        """A reward, which no page sends alone. At a kiosk and an autopilot no page hands any out."""
        voucher = self.random.choice(self.vouchers)
        card = next(card for card in self.cards if card.id == voucher.card_id)
        kept = Kept(handed_out(device.device, voucher), card, now(), device.clocks_moved)
        device.memory[kept.scan["key"]] = self.all[kept.scan["key"]] = kept

    def use_elsewhere(self, _device: Simulated) -> None:
        """At a till that has a network."""
        with suppress(VoucherAlreadyRedeemed):
            hand_over(self.shop.merchant, self.random.choice(self.vouchers).id, actor=self.shop.actor)
            self.used_elsewhere += 1

    def send_alone(self, device: Simulated, kept: Kept) -> None:
        if self.random.random() < 0.3:
            self.met["request dropped"] += 1
            return
        if kept.states or kept.reached:
            self.met["lone scan after its batch"] += 1
        answer = device.send_alone({name: kept.scan[name] for name in ("key", "code")})
        if answer.status_code == 401:
            assert device.is_off
            return
        kept.reached = True
        if self.random.random() < 0.5:
            self.met["answer to a lone scan cut"] += 1
            return
        outcome = msgspec.json.decode(answer.content)["outcome"]
        kept.states.append("counted" if outcome == "stamped" else "seen refused")
        device.memory.pop(kept.scan["key"], None)

    def take_back(self, device: Simulated) -> None:
        """Somebody sees that the last scan was a mistake. The page sends it all the same, and never alone any more."""
        kept = next(reversed(device.memory.values()), None)
        if kept is None:
            return
        kept.scan = device.device.take_back(kept.scan, device.device.shift)
        kept.never_to_count = not kept.reached and not kept.on_the_way
        self.met["taken back" if kept.never_to_count else "taken back too late"] += 1

    def hand_in(self, device: Simulated) -> None:
        waiting = [kept.scan for kept in device.memory.values()]
        if not waiting:
            return
        if len(waiting) > 1 and self.random.random() < 0.3:
            self.met["out of order"] += 1
            waiting = self.random.sample(waiting, self.random.randint(1, len(waiting)))
        batch = device.device.batch(*waiting)
        if self.random.random() < 0.25:
            self.met["request dropped"] += 1
            return
        if self.random.random() < 0.3:
            self.met["sent twice"] += 1
            self.on_the_way.append((device, batch))
            for scan in waiting:
                self.all[scan["key"]].on_the_way = True
        if self.random.random() < 0.25:
            self.met["two tabs"] += 1
            self.deliver(device, device.device.batch(*reversed(waiting)), cut=self.random.random() < 0.5)
        self.deliver(device, batch, cut=self.random.random() < 0.3)
        if self.random.random() < 0.2:
            one = self.random.choice(waiting)
            if not {"taken_back", "reward"} & one.keys():
                self.send_alone(device, self.all[one["key"]])

    def late_packet(self, _device: Simulated) -> None:
        if self.on_the_way:
            device, batch = self.on_the_way.pop(self.random.randrange(len(self.on_the_way)))
            self.deliver(device, batch, cut=True)

    def deliver(self, device: Simulated, batch: dict[str, Any], *, cut: bool = False) -> None:
        answer = device.send_batch(batch)
        assert answer.status_code == 200
        results = msgspec.json.decode(answer.content)["results"]
        assert [result["key"] for result in results] == [scan["key"] for scan in batch["scans"]]
        for result in results:
            kept = self.all[result["key"]]
            assert result["state"] in ("counted", "waiting", "refused"), result
            kept.reached = True
            kept.states.append(result["state"])
            if not cut:
                device.memory.pop(result["key"], None)
        self.met["answer cut"] += cut

    def move_clock(self, device: Simulated) -> None:
        self.met["clock moved"] += 1
        device.clocks_moved += 1
        device.device.behind = timedelta(seconds=self.random.randint(-48 * 3600, 48 * 3600))

    def lose_memory(self, device: Simulated) -> None:
        if self.random.random() < 0.5 or device.is_off:
            return
        self.met["memory lost"] += 1
        device.memory.clear()
        device.device.sequence, device.device.key = 0, ec.generate_private_key(ec.SECP256R1())
        self.register(device)

    def register(self, device: Simulated) -> None:
        assert device.send_key().status_code == 200

    def switch_off(self, device: Simulated) -> None:
        if not device.is_off:
            self.met["switched off"] += 1
            device.is_off = True
            revoke_station(self.shop.merchant, device.station.id, actor=self.shop.actor)

    # What must be true

    def check(self) -> None:
        rows = {row.key: row for row in KeptScan.objects.filter(merchant=self.shop.merchant)}
        stamps = list(Stamp.objects.filter(merchant=self.shop.merchant))
        scans = {key: kept for key, kept in self.all.items() if "reward" not in kept.scan}
        counted = {key for key, kept in scans.items() if self.is_counted(key, kept, rows)}
        assert len(stamps) == len(counted), "each that counts has one stamp, and no stamp is of nothing"
        by_row = {row.stamp_id for row in rows.values() if row.stamp_id}
        assert len(by_row) == sum(1 for row in rows.values() if row.stamp_id)
        for key, kept in self.all.items():
            assert not kept.never_to_count or key not in rows or rows[key].state != "counted", "it was taken back"
            assert not kept.reached or key in rows or self.answer_to_lone(key), "what has arrived is there"
            answered = set(kept.states) - {"seen refused"}
            assert len(answered) <= 1, f"one scan, two answers: {kept.states}"
        self.check_report(rows)
        self.check_rewards(rows)
        self.check_pauses(stamps)
        self.check_times(rows)
        for card in self.cards:
            given = sum(stamp.count for stamp in stamps if stamp.card_id == card.id)
            row = card.row
            assert given == row.stamps + (row.round - 1) * 10

    def is_counted(self, key: str, kept: Kept, rows: dict[str, KeptScan]) -> bool:
        """By its row, or, sent alone, by the answer: of one that nobody read, sending it once more tells."""
        if key in rows:
            return rows[key].state == "counted"
        if not kept.reached:
            return False
        return self.answer_to_lone(key) == "stamped"

    def answer_to_lone(self, key: str) -> str:
        """What was answered, whether or not anybody read it."""
        answer = kept_answers(self.shop.merchant.id, [key]).get(key)
        return msgspec.json.decode(answer.body)["outcome"] if answer else ""

    def check_report(self, rows: dict[str, KeptScan]) -> None:
        """Whatever waits is in the list of the owner, and was told once."""
        waiting = {row.id for row in rows.values() if row.state == "waiting"}
        assert {row.id for row in scans_to_decide(self.shop.merchant.id, most=1000)} == waiting
        told = [event.data["scan_id"] for event in Event.objects.filter(type="scan.conflicted")]
        assert sorted(told) == sorted(public_id("ksc", id) for id in waiting)
        self.met["cooldown met"] += sum(row.reason == "cooldown" for row in rows.values())
        self.met["time not believed"] += sum(row.reason == "clock_not_believed" for row in rows.values())

    def check_rewards(self, rows: dict[str, KeptScan]) -> None:
        """Each voucher was used once at most: by a scan that counts, or where there was a network."""
        used = list(Redemption.objects.filter(merchant=self.shop.merchant))
        assert len({one.voucher_id for one in used}) == len(used), "a voucher was used twice"
        handed = [row for key, row in rows.items() if "reward" in self.all[key].scan]
        counted = [row.redemption_id for row in handed if row.state == "counted"]
        assert len(set(counted) & {one.id for one in used}) == len(counted), "each that counts has used a voucher"
        assert len(used) == len(counted) + self.used_elsewhere
        self.met["handed out twice"] += sum(row.reason == "voucher_already_redeemed" for row in handed)
        self.met["handed out where nobody stands"] += sum(row.reason == "rewards_need_connection" for row in handed)

    def check_pauses(self, stamps: list[Stamp]) -> None:
        for card in self.cards:
            moments = sorted(stamp.occurred for stamp in stamps if stamp.card_id == card.id)
            assert all(later - one >= COOLDOWN for one, later in itertools.pairwise(moments)), moments

    def check_times(self, rows: dict[str, KeptScan]) -> None:
        """Where the clock was not moved before the scan came, it is believed, and right."""
        for device in self.devices:
            for key, row in rows.items():
                kept = self.all[key]
                if row.sender_id == device.station.id and device.clocks_moved == 0 and row.device_key_id:
                    assert row.clock_believed, row.reason
                    assert abs(row.happened_at - kept.at) <= timedelta(minutes=2)


@pytest.fixture
def opened(db: None) -> Opened:
    """Founded once; each run is rolled back to it."""
    return open_shop(COOLDOWN)


@pytest.mark.parametrize("numbers", first_of(blocks()), ids=str)
def test_each_scan_has_one_effect_or_is_seen_to_wait(opened: Opened, numbers: range) -> None:
    met: Counter[str] = Counter()
    for seed in numbers:
        with transaction.atomic():
            world = World(seed, opened)
            try:
                world.run()
                world.check()
            except AssertionError as wrong:
                raise AssertionError(f"run number {seed}: {wrong}") from wrong
            met += world.met
            transaction.set_rollback(True)
    if len(numbers) >= ENOUGH:
        assert {fault for fault in FAULTS if not met[fault]} == set(), met
