"""Many messages at once: no push service holds up another, whatever is wrong with it."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser import PATIENCE
from tests.reminders.pushservice import PushService, Ways, push_service
from webapp.reminders.push.client import (
    IN_FLIGHT,
    LAST_LOOK,
    SLOW,
    WHOLE,
    PushAnswer,
    PushClient,
    Request,
)
from webapp.reminders.push.endpoints import Hosts
from webapp.reminders.push.messages import Message

ROOM = 4  # messages under way to one service


class Hand(PushClient):
    """A sender with a clock of its own, whose hand moves only when a test moves it: how long
    anything takes on a busy machine counts for nothing."""

    now = 0.0
    taken = 0  # messages that a service took

    def starts(self, when: Callable[[], bool], then: Callable[[], object]) -> None:
        """Have `then` done once `when` is so, in the sender's own loop."""
        self._loop, self._ends = asyncio.get_running_loop(), time.monotonic() + PATIENCE / 1000
        self._loop.time = self._monotonic = lambda: self.now
        self._look(when, then)

    def _look(self, when: Callable[[], bool], then: Callable[[], object]) -> None:
        if when() or time.monotonic() > self._ends:
            then()
        else:
            self._soon(lambda: self._look(when, then))

    def moves(self, seconds: float) -> None:
        """Later now; and once whoever waits has seen it, the time for a last look is over, too."""
        self.now += seconds
        self._soon(lambda: setattr(self, "now", self.now + 2 * LAST_LOOK))

    def _soon(self, do: Callable[[], object]) -> None:
        pause = self._loop.run_in_executor(None, threading.Event().wait, 0.01)
        pause.add_done_callback(lambda _: (do(), self._loop.call_soon(bool)))

    async def send(self, message: Message) -> PushAnswer:
        answer = await super().send(message)
        self.taken += answer.status == 201
        return answer


@pytest.fixture
def services(tmp_path: Path):
    """Two push services that know nothing of each other."""
    with push_service(tmp_path) as first, push_service(tmp_path) as second:
        yield first, second


def test_a_service_that_is_down_holds_up_no_other(services):
    down, fine = services
    down.answers["x"] = Ways.hang
    answers = _send(
        services,
        [down] * 40 + [fine] * 20,
        # Nobody's time is over before the other service has taken everything.
        when=lambda hand: hand.taken == 20 and len(down.got) == ROOM,
        then=lambda hand: hand.moves(WHOLE + 1),
    )
    assert [answer.status for answer in answers[40:]] == [201] * 20
    # One wait is enough to know: what wasn't tried is nobody's failure, and comes next.
    assert Counter(answer.trouble for answer in answers[:40]) == {
        "timeout": ROOM,
        "no time": 40 - ROOM,
    }
    assert [answer.was_tried for answer in answers].count(False) == 40 - ROOM
    assert len(down.got) == ROOM


def test_a_slow_service_has_nobody_wait_for_its_second_round(services):
    slow, fine = services
    later = threading.Event()

    async def after_a_while(writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(later.wait)
        await Ways.status(201)(writer)

    def it_is_later(hand: Hand) -> None:
        hand.moves(2 * SLOW)
        later.set()

    slow.answers["x"] = after_a_while
    answers = _send(
        services,
        [slow] * 40 + [fine] * 20,
        when=lambda hand: hand.taken == 20 and len(slow.got) == ROOM,
        then=it_is_later,
    )
    assert [answer.status for answer in answers] == [201] * ROOM + [None] * (40 - ROOM) + [201] * 20
    assert {answer.trouble for answer in answers if not answer.was_tried} == {"no time"}
    assert len(slow.got) == ROOM


def test_sixty_four_are_under_way_at_once(services):
    service, _ = services
    waiting: list[asyncio.StreamWriter] = []

    async def when_all_are_there(writer: asyncio.StreamWriter) -> None:
        waiting.append(writer)
        if len(waiting) == 64:
            for waiter in waiting:
                await Ways.status(201)(waiter)

    service.answers["x"] = when_all_are_there
    answers = _send(services, [service] * 64, room=IN_FLIGHT)
    assert [answer.status for answer in answers] == [201] * 64


def test_some_that_hang_take_the_way_from_nobody(services):
    service, _ = services
    service.answers["stuck"] = Ways.hang
    names = ["stuck"] * (ROOM - 1) + ["x"] * 40
    answers = _send(
        services,
        [service] * len(names),
        names,
        when=lambda hand: hand.taken == 40 and len(service.to("stuck")) == ROOM - 1,
        then=lambda hand: hand.moves(WHOLE + 1),
    )
    assert Counter(answer.status for answer in answers) == {None: ROOM - 1, 201: 40}


def test_an_answer_that_came_while_the_machine_slept_counts(services):
    service, _ = services
    asleep, answered = threading.Event(), threading.Event()
    ours: list[Hand] = []

    def sleep() -> None:
        asleep.set()
        assert answered.wait(PATIENCE / 1000)
        ours[0].now += 100

    async def answer(writer: asyncio.StreamWriter) -> None:
        ours[0]._loop.call_soon_threadsafe(sleep)
        await asyncio.to_thread(asleep.wait, PATIENCE / 1000)
        await Ways.status(201)(writer)
        await writer.drain()
        answered.set()

    service.answers["x"] = answer
    [answer] = _send(services, [service], then=ours.append)
    assert answer.status == 201


def test_what_cannot_be_sent_keeps_its_place_among_the_answers(services):
    service, _ = services
    refused = PushAnswer(None, trouble="refused")
    answers = _send(services, [service, refused, service])
    assert [answer.status for answer in answers] == [201, None, 201]


def _send(
    services: tuple[PushService, PushService],
    to: list[PushService | PushAnswer],
    names: list[str] | None = None,
    room: int = ROOM,
    when: Callable[[Hand], bool] = lambda _hand: True,
    then: Callable[[Hand], object] = bool,
) -> list[PushAnswer]:
    service, other = services
    hosts = Hosts((f"127.0.0.1:{service.port}", f"127.0.0.1:{other.port}"))

    async def go() -> list[PushAnswer]:
        post = Hand(hosts, str(service.authority), in_flight=room)
        post.starts(lambda: when(post), lambda: then(post))
        requests = [
            where if isinstance(where, PushAnswer) else _request(hosts, where, name)
            for where, name in zip(to, names or ["x"] * len(to), strict=True)
        ]
        try:
            return await post.send_all(requests)
        finally:
            await post.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, go()).result()


def _request(hosts: Hosts, service: PushService, name: str) -> Request:
    endpoint = hosts.check(service.phone(name).endpoint)
    return Request(endpoint, lambda: Message(endpoint, {}, b"x"))
