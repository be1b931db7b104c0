"""The sender: claims what is due, sends it, records it, again and again."""

import asyncio
import hmac
import logging
import os
import random
import select
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from webapp.audit.actions import record_unopened
from webapp.config import Settings
from webapp.core import clock
from webapp.core.crypto.keys import AnySession, app_secrets
from webapp.core.data.db import db, writing
from webapp.core.errors import forget_unopened, report
from webapp.core.trouble import reason
from webapp.reminders import words
from webapp.reminders.actions import ahead, forget_old, make
from webapp.reminders.claims import (
    Attempt,
    Job,
    Others,
    claim,
    database_ahead,
    due_now,
    give_back,
    heartbeat,
    look_at_all_again,
    record,
)
from webapp.reminders.models import Sender
from webapp.reminders.push.client import PushAnswer, PushClient, Request
from webapp.reminders.push.endpoints import Endpoint, Hosts, NotAllowed
from webapp.reminders.push.messages import SIZE, SMALLER, Envelopes, Keys, Message, TooLong
from webapp.reminders.schedule import LAST_MOMENT, SteadyClock, next_try, result_of
from webapp.reminders.schedule import Result as Is
from webapp.settings.current import look_again

log = logging.getLogger("groundwork")

BATCH = 512
PAUSE = 2.0  # seconds between looks
HEARTBEAT_EVERY, PLAN_EVERY, TIDY_EVERY = 10.0, 60.0, 3600.0
SENT_WITHIN = 90.0  # of the claim; others take over after 120
NO_CONTACT = "reminders@groundwork.invalid"


@dataclass(frozen=True)
class Clocks:
    """Both kinds of time, so that a simulation can bring its own.

    `ahead` is by how much the database's clock is ahead of `now`: several machines that share a
    database go by its clock, whatever their own ones say.
    """

    now: Callable[[], datetime] = clock.now
    monotonic: Callable[[], float] = time.monotonic
    ahead: Callable[[AnySession, datetime], timedelta] = database_ahead


class Stop:
    """The word to stop, given by a signal: an Event's lock could be held by whom it interrupts."""

    def __init__(self) -> None:
        self.told = False
        self._reading, self._writing = os.pipe()

    def tell(self, *_: object) -> None:
        """From a signal handler, or anywhere."""
        self.told = True
        os.write(self._writing, b".")

    def wait(self, seconds: float) -> None:
        """Rest, unless told to stop."""
        select.select([self._reading], [], [], seconds)


class Delivery:
    """One process's work. `tick` looks once; `run` goes on until it is told to stop."""

    def __init__(self, settings: Settings, clocks: Clocks | None = None, **post: Any) -> None:
        self._clocks = clocks or Clocks()
        self._hosts = Hosts(settings.push_hosts)
        self._needs_contact = not settings.plain_http
        self._contact: str | None = None
        self._topic_key = app_secrets().derived("topics")
        self._runner = asyncio.Runner()
        self._client = self._runner.run(self._make_client(settings.push_ca, post))
        self._steady, self._others = SteadyClock(), Others()
        self._me: UUID | None = None
        self._ahead = timedelta(0)
        self._room = BATCH
        self._known: frozenset[UUID] = frozenset()
        self._unopened: Set[UUID] = frozenset()
        self._last: dict[str, float] = {}
        self._unwritten: list[Attempt] = []
        self._untried: list[Job] = []

    async def _make_client(self, authorities: str, options: dict[str, Any]) -> PushClient:
        return PushClient(self._hosts, authorities, monotonic=self._clocks.monotonic, **options)

    def run(self, stop: "Stop") -> None:
        """Until told to stop, and then cleanly: nothing stays claimed."""
        while not stop.told:
            if not self.look():
                stop.wait(PAUSE)
        self.close()

    def look(self) -> int:
        """A tick that nothing ends: a database may be locked, full or away for a while."""
        try:
            return self.tick()
        except (Exception, asyncio.CancelledError) as trouble:
            log.error("reminders: %s, trying again", reason(trouble))
            return 0

    def tick(self) -> int:
        """Send what is due now, one batch at most. Returns how many messages were tried."""
        forget_unopened()
        tried = self._send_due()
        # A row that can't be opened is met again each minute; one act of it is enough.
        self._unopened = record_unopened(known=self._unopened)
        return tried

    def _send_due(self) -> int:
        self._write_down()
        with _unit(writes=False):
            self._ahead = self._clocks.ahead(db.session, self._clocks.now())
            clinic = look_again()
            zone, may_send = clinic.zone, self._may_send(clinic.push_contact)
        now, at = self._now(), self._clocks.monotonic()
        if not self._steady.is_believed(now, at):
            self._heartbeat(now, at)
            return 0
        if self._steady.is_new:
            with _unit():
                look_at_all_again(db.session, now)
            self._steady.is_new = False
        if self._is_time("plan", PLAN_EVERY, at):
            self._plan(now, at)
        with _unit(writes=False):
            self._others.watch(db.session, self._me, at)
            idle = not (may_send and due_now(db.session, now))
        if idle:
            self._heartbeat(now, at)
            return 0
        with _unit():
            self._others.mark_dead(db.session, now)
            self._me = heartbeat(db.session, self._me, now)
            self._last["heartbeat"] = at
            jobs = claim(db.session, self._me, now, zone, self._room)
        return self._send(jobs, now, at) if jobs else 0

    def _may_send(self, contact: str) -> bool:
        """Apple refuses messages that name nobody to write to: until somebody is, all wait."""
        if contact != self._contact:
            self._contact = contact
            self._envelopes = Envelopes(app_secrets().push, contact or NO_CONTACT)
        return bool(contact) or not self._needs_contact

    def close(self) -> None:
        """Hand back whatever is claimed and hang up. If the database is away, others wait."""
        try:
            self._write_down()
            if self._me is not None:
                with _unit():
                    give_back(db.session, self._me)
                    ended = update(Sender).where(Sender.id == self._me)
                    db.session.execute(ended.values(ended_at=self._now()))
        except DBAPIError as trouble:
            log.error("reminders: %s, stopping without the database", reason(trouble))
        finally:
            self._runner.run(self._client.close())
            self._runner.close()

    def _now(self) -> datetime:
        return self._clocks.now() + self._ahead

    def topic(self, notification: UUID) -> str:
        """Topic and tag of a message: the same on every try, and telling nobody anything."""
        digest = hmac.digest(self._topic_key, notification.bytes, "sha256")
        return urlsafe_b64encode(digest)[:32].decode()

    def _send(self, jobs: list[Job], now: datetime, at: float) -> int:
        title = words.title()
        requests = (self._request(job, title, now, at) for job in jobs)
        answers = self._runner.run(self._client.send_all(requests))
        both = list(zip(jobs, answers, strict=True))
        attempts = [self._attempt(job, answer) for job, answer in both if answer.was_tried]
        self._untried = [job for job, answer in both if not answer.was_tried]
        self._room = self._room_after(len(attempts))
        refused = {attempt.status for attempt in attempts if attempt.result == Is.OUR_FAULT}
        if refused:
            log.error("push: a service rejected our key or contact (%s); see /clinic/reminders",
                      ", ".join(map(str, sorted(filter(None, refused)))))  # fmt: skip
        self._unwritten = attempts
        self._write_down()
        return len(attempts)

    def _room_after(self, tried: int) -> int:
        """What the next round can carry: as much as this one did, and a little more if it could.

        Whatever is claimed beyond that is written down twice and sent no sooner.
        """
        if self._untried:
            return max(1, tried)
        return min(BATCH, self._room + 1 + self._room // 8)

    def _write_down(self) -> None:
        """Record what was sent. If that fails, it comes first next time: nothing rings twice."""
        if (self._unwritten or self._untried) and self._me is not None:
            with _unit():
                record(db.session, self._me, self._unwritten, self._untried, self._now())
            self._unwritten, self._untried = [], []

    def _request(self, job: Job, title: str, now: datetime, at: float) -> Request | PushAnswer:
        try:
            endpoint = self._hosts.check(job.endpoint)
        except NotAllowed:
            return PushAnswer(None, trouble="refused")
        return Request(endpoint, partial(self._seal, job, endpoint, title, now, at))

    def _seal(
        self, job: Job, endpoint: Endpoint, title: str, now: datetime, at: float
    ) -> Message | PushAnswer:
        tag = self.topic(job.notification)
        told = words.told(title, job.text, job.notification, tag, again=job.round > 0)
        left = (job.expires_at - now).total_seconds()
        try:
            if job.was_too_big:
                del told["web_push"], told["notification"]["body"]
            return self._envelopes.seal(
                told, endpoint, Keys(job.p256dh, job.auth), tag,
                int(left), SMALLER if job.was_too_big else SIZE,
                at + min(SENT_WITHIN, left - LAST_MOMENT.total_seconds()),
            )  # fmt: skip
        except (TooLong, ValueError):
            return PushAnswer(None, trouble="refused")
        except Exception as error:  # an odd phone, which may stop nobody else's
            report(error)
            return PushAnswer(None, trouble="refused")

    def _attempt(self, job: Job, answer: PushAnswer) -> Attempt:
        now = self._now()
        result = result_of(answer.status, answer.trouble)
        if result == Is.TOO_BIG and job.was_too_big:
            result = Is.REFUSED
        again = None
        if not result.is_final:
            chance = random.random()  # noqa: S311 - spreads retries, guards nothing
            again = next_try(result, job.attempts + 1, now, answer.retry_after, chance)
        return Attempt(job, now, result, answer.status, again)

    def _plan(self, now: datetime, at: float) -> None:
        # Everybody's rules are read without the one lock that whoever saves something waits for.
        with _unit(writes=False):
            messages = ahead(now)
        new = [message for message in messages if message["id"] not in self._known]
        if new:
            with _unit():
                make(new)
        self._known = frozenset(message["id"] for message in messages)
        if self._is_time("tidy", TIDY_EVERY, at):
            with _unit():
                forget_old(now)

    def _heartbeat(self, now: datetime, at: float) -> None:
        if self._is_time("heartbeat", HEARTBEAT_EVERY, at):
            with _unit():
                self._others.mark_dead(db.session, now)
                self._me = heartbeat(db.session, self._me, now)

    def _is_time(self, what: str, every: float, at: float) -> bool:
        if at - self._last.get(what, -every) < every:
            return False
        self._last[what] = at
        return True


@contextmanager
def _unit(*, writes: bool = True) -> Iterator[None]:
    """One unit of work is one transaction; nothing of it, no key either, is kept afterwards."""
    with writing(allowed=writes):
        try:
            yield
            db.session.commit()
        finally:
            db.session.remove()


def in_a_row(delivery: Delivery, longest: timedelta = timedelta(minutes=5)) -> int:
    """Everything that is due now, batch by batch. Returns how many messages were tried."""
    tried, ends = 0, time.monotonic() + longest.total_seconds()
    while sent := delivery.tick():
        tried += sent
        if time.monotonic() > ends:
            break
    return tried
