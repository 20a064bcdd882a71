from __future__ import annotations

import threading
import time

from kg.replica.slots import Slots


def test_slots_are_limited() -> None:
    slots = Slots(2)
    assert slots.acquire(0)
    assert slots.acquire(0)
    assert not slots.acquire(0.01)
    assert slots.waiting == 0
    slots.release()
    assert slots.acquire(0)


def test_those_who_wait_are_served_in_order() -> None:
    slots, served = Slots(1), list[int]()

    def wait(number: int) -> None:
        assert slots.acquire(10)
        served.append(number)
        slots.release()

    assert slots.acquire(0)
    threads = []
    for number in range(10):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while slots.waiting <= number:
            time.sleep(0.001)
    slots.release()
    for thread in threads:
        thread.join()
    assert served == list(range(10))
    assert slots.acquire(0)
