"""Every page that anybody can come to, read element by element."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from werkzeug.routing import Rule

from tests.conftest import NOW, ZONE
from tests.house.who_gets_in import PEOPLE, policy
from tests.house.world import NO_CODE, World, alike
from tests.pages import Element, Outline, Page, Phone
from tests.writing.filled import typed
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.journal.models import Trigger
from webapp.meetings.models import Sheet
from webapp.mindfulness.exercises import EXERCISES, SURF
from webapp.mindfulness.models import Practice
from webapp.plan.outline import PARTS
from webapp.questionnaires.weekly import WEEKLY_ID
from webapp.writing.kind import KINDS

ALL_KINDS = ("nobody", "ana", "cleo", "max")  # one of each
REFUSED = ("ana", "ben", "cleo", "max")  # who gets their own forms back
FOR_STAFF = ("zq-roll-note", "zq-covered-note")
# Where each form is found, and by whom. `test_templates.py` sees to it that none is left out.
PLACES = {
    "life": ("dana", "/aftercare/questions", "going"),
    "rating": ("dana", "/rating", "heard"),
    "change_life": ("ana", "/aftercare/answers/{life}/edit", "going"),
    "calls": ("max", "/clinic/calls", "looked_at"),
    "sign in": ("nobody", "/sign-in", "password"),
    "join by code": ("nobody", "/join", "code"),
    "join": ("nobody", "/join/0000-0000-0000", "username"),
    "join with an account": ("ana", "/join/0000-0000-0000/with-account", "came_from"),
    "reset": ("nobody", "/reset", "code"),
    "unlock": ("ana", "/unlock", "password"),
    "unlock by passkey": ("ana", "/unlock", "passkey"),
    "passkey": ("max", "/you", "passkey_name"),
    "settings": ("ana", "/you", "name"),
    "lock": ("ana", "/you/lock", "phone_pin"),
    "change password": ("ana", "/you/password", "current"),
    "second step": ("max", "/you/second-step", "digits"),
    "search": ("ana", "/journal", "word"),
    "a question": ("ana", "/check-ins/instruments/{evenings}/0", "answer"),
    "a question in words": ("ana", "/check-ins/instruments/{evenings}/7", "answer"),
    "a question in numbers": ("ana", "/check-ins/instruments/{evenings}/6", "answer"),
    "check-in reminder": ("ana", "/check-ins/reminder", "at"),
    "clinic settings": ("max", "/clinic/settings", "clinic_name"),
    "due days": ("max", "/clinic/check-ins", "of0-every_weeks"),
    "due days of the week": ("max", "/clinic/check-ins", "of1-every_weeks"),
    "due days of a questionnaire": ("max", "/clinic/check-ins", "of2-every_weeks"),
    "questionnaire": ("max", "/clinic/questionnaires", "file"),
    "rhythm": ("ana", "/meetings/rhythm", "a_week"),
    "own words": ("ana", "/journal/words", "own_what"),
    "find a meeting": ("ana", "/meetings/find", "near"),
    "attendance sheet": ("ana", "/meetings/sheet", "blank"),
    "initials": ("ana", "/meetings/{visit}/initials", "initials"),
    "check a sheet": ("nobody", "/check-sheet", "code"),
    "share": ("ana", "/entries/{private}/share", "until"),
    "first share": ("ben", "/entries/{bens}/share", "signed_name"),
    "plan, in words": ("ana", "/plan/why/why", "answer"),
    "plan, skills": ("ana", "/plan/skills/skills", "own"),
    "plan, favourites": ("ana", "/plan/skills/favourites", "version"),
    "plan, a contact": ("ana", "/plan/supports/supports", "phone"),
    "plan, a contact again": ("ana", "/plan/supports/supports/{contact}", "phone"),
    "plan, a goal": ("ana", "/plan/goals/goals", "goal"),
    "plan, a response": ("ana", "/plan/triggers/triggers", "response"),
    "plan, a weekday": ("ana", "/plan/week/activities", "at"),
    "plan, who prescribes": ("ana", "/plan/medication/prescriber", "phone"),
    "plan, made with": ("ana", "/plan/safety/made", "who"),
    "count days": ("ana", "/plan/days", "since"),
    "a return": ("ana", "/plan/days/{milestone}/return", "before"),
    "add what helps": ("ana", "/journal/{recurring}", "response"),
    "new group": ("max", "/clinic/groups/new", "minutes"),
    "invite patients": ("cleo", "/clinic/groups/{evening}/invitations", "labels"),
    "add a patient": ("cleo", "/clinic/groups/{evening}/people/add", "username"),
    "new individual sessions": ("cleo", "/clinic/groups/individual", "minutes"),
    "add facilitator": ("max", "/clinic/groups/{evening}", "person"),
    "invite staff": ("max", "/clinic/staff", "part"),
    "hand groups over": ("max", "/clinic/staff/{cleo}/groups", "groups"),
    "name a supervisor": ("max", "/clinic/groups/{evening}", "supervisor-person"),
    "about a supervisor": ("ana", "/sharing", "opens"),
    "say ahead": ("ana", "/week/sessions/{tonight}", "says"),
    "group details": ("max", "/clinic/groups/{evening}/details", "bring"),
    "weekly time": ("max", "/clinic/groups/{evening}/times/new", "until_day"),
    "change weekly time": ("max", "/clinic/groups/{evening}/times/{pattern}", "until_day"),
    "one more session": ("cleo", "/clinic/groups/{evening}/sessions/new", "topic"),
    "about a session": ("cleo", "/clinic/sessions/{tonight}/details", "read_before"),
    "move a session": ("cleo", "/clinic/sessions/{tonight}/details", "move-day"),
    "cancel a session": ("cleo", "/clinic/sessions/{tonight}/details", "cancel-reason"),
    "holiday": ("max", "/clinic/holidays", "day"),
    "meeting list": ("max", "/clinic/meeting-lists", "fellowship"),
    "another meeting list": ("max", "/clinic/meeting-lists/{feed}/replacement", "fellowship"),
    "topics": ("cleo", "/clinic/groups/{evening}/topics", "s0-topic"),
    "federal holidays": ("max", "/clinic/holidays", "federal"),
    "what to expect": ("max", "/clinic/what-to-expect", "groups-words"),
    "attendance": ("cleo", "/clinic/sessions/{friday}/attendance", "rest"),
    "own days": ("cleo", "/clinic/groups/{evening}/people/{ana}/plan", "days-days"),
    "covered sessions": (
        "cleo",
        "/clinic/groups/{evening}/people/{ana}/plan",
        "authorization-sessions",
    ),
    "label": ("cleo", "/clinic/groups/{evening}/people/{ana}/plan", "label-label"),
    "step": ("cleo", "/clinic/groups/{evening}/people/{ana}/plan", "step-group"),
    "leaving": ("cleo", "/clinic/groups/{evening}/people/{ana}/leaving", "reason"),
    "summary": ("ana", "/discharge/summary", "own"),
    "readiness, what is shown": ("ana", "/discharge/readiness", "lines"),
    "discharge, one's own": ("ana", "/discharge/{membership}/position", "stand"),
    **{
        f"discharge, {chair}": (
            "cleo",
            "/clinic/groups/{evening}/people/{ana}/discharge",
            f"{chair}-stand",
        )
        for chair in ("facilitator", "clinician", "payer")
    },
    "discharge": ("cleo", "/clinic/groups/{evening}/people/{ana}/discharge/end", "outcome"),
    "calendar": ("ana", "/week/calendar", "rings"),
    "share over time": ("ana", "/entries/{check-in}/over-time", "earlier"),
    "share again": ("ana", "/sharing/again/{removal}", "entries"),
    "consent for someone outside": ("ana", "/sharing/outside/new", "recipient"),
    "disclosure": ("cleo", "/clinic/groups/{evening}/people/{ana}/consents/{outside}", "detail"),
    "homework": ("cleo", "/clinic/sessions/{tonight}/homework", "what"),
    "homework, a tap": ("ana", "/today", "tap"),
    "agenda": ("cleo", "/clinic/sessions/{tonight}/agenda", "words"),
    "agenda, a tap": ("cleo", "/clinic/sessions/{tonight}/agenda", "do"),
    "chart": ("cleo", "/clinic/sessions/{friday}/chart", "who"),
    "feedback": ("cleo", "/clinic/groups/{evening}/people/{ana}", "entry"),
    "feedback, changed": ("cleo", "/clinic/groups/{evening}/people/{ana}", "words"),
}
for kind in KINDS.values():
    its_first = next(iter(typed(kind)))
    if kind.new:
        PLACES[kind.name] = ("ana", kind.new, its_first)
    PLACES[f"change {kind.name}"] = ("ana", f"{kind.at}/{{{kind.name}}}{kind.edit}", its_first)
# Buttons that do one thing: there is nothing to fill in, so nothing that could be wrong.
BUTTONS = (
    "/(end|end-others|removal|restoration|coming|on-my-way|calendar|mark|stop|revocation|seen|leaving|return|yes"
    "|sign-out|hide|lock/now|favourite|home|closing|delete|use)$"
    "|^/clinic/groups/<.*/(cancellation|facilitator-invitations|facilitators|supervisors|reset)$"
    "|^/clinic/steps/"
)
# What a person hears or sees of an element besides its text.
SAID = ("aria-label", "alt", "placeholder", "title", "data-title")


def said(outline: Outline) -> Iterator[tuple[Element, str]]:
    """Every piece of text that a person sees or hears, with the element it belongs to."""
    for element in outline.elements:
        if element.tag in ("script", "style") or element.is_in("script", "style"):
            continue
        yield from ((element, text.strip()) for text in element.texts if text.strip())
        yield from ((element, element.attrs[name]) for name in SAID if element.attrs.get(name))


def every_page(world: World, rules: list[Rule]) -> list[tuple[str, Page]]:
    """Who came to which page: all that the policy lets in, forms refused, and errors. Each page
    once, and whatever anybody may open by those who see most of it."""
    found: list[tuple[str, Page]] = []
    ben_writes(world)
    phones = {who: world.phone(who) for who in PEOPLE}
    _notes_for_staff(world, phones["cleo"])
    by_address = {(method, rule.rule): rule for rule in rules for method in rule.methods or ()}
    for (method, address), expected in policy().items():
        for who in PEOPLE:
            rule = by_address[method, address]
            if expected[who] != "in" or method == "HEAD":
                continue
            if expected["nobody"] == "in" and who not in ALL_KINDS:
                continue
            if method == "GET":
                found.append((who, phones[who].get(world.address(rule))))
    found += _refused(world, phones, by_address)
    found += _met_on_the_way(world, phones)
    found += _errors(phones)
    pages = [(who, page) for who, page in found if page.response.data.startswith(b"<!doctype")]
    return list({alike(page.response): (who, page) for who, page in reversed(pages)}.values())


def _refused(
    world: World, phones: dict[str, Phone], by_address: dict[Any, Rule]
) -> Iterator[tuple[str, Page]]:
    """Each form sent empty, and with what fits nowhere."""
    wrong = {
        "urge": "eleven", "after": "99", "happened": "never", "kinds": "nonsense",
        "feelings": "nonsense", "acted": "nonsense", "until": "nonsense", "here_for": "nonsense",
        "starts": "25:99", "minutes": "many", "days": "9", "track": "nonsense", "zone": "Mars",
        "username": "!", "name": "x" * 300, "password": "short", "current": "wrong wrong wrong",
        "code": "?", "situation": "x" * 20_001, "version": "1", "about": "x" * 300,
        "takeaway": "x" * 20_001, "fellowship": "nonsense", "attended": "nonsense", "last": "never",
        "format": "nonsense", "day": "never", "a_week": "many", "first": "never", "blank": "99",
        "near": "x" * 99, "initials": "nonsense",
        "exercise": "nonsense", "samples": "nonsense", "before": "99", "notes": "x" * 20_001,
        "times-0": "25:99", "weekdays": "9", "refill": "never", "answer": "nonsense",
        "mood": "9", "craving": "many", "sleep": "9",
        "medication": "nonsense", "connection": "nonsense", "used": "nonsense",
        "safety": "nonsense", "note": "x" * 20_001, "at": "25:99",
        "looked_at": "x" * 300, "people": "nonsense",
        "what": "daily", "of0-weekdays": "9", "of0-every_weeks": "99",
    }  # fmt: skip
    for (method, address), expected in policy().items():
        writes_words = method == "POST" and not re.search(BUTTONS, address)
        for who in ("nobody", "ana") if expected["nobody"] == "in" else REFUSED:
            if writes_words and expected[who] == "in":
                to = world.address(by_address[method, address])
                about = {"entry": str(world.ids["shared"])} if "feedback" in address else {}
                for fields in ({}, wrong | about):
                    yield who, phones[who].post(to, fields)


def _met_on_the_way(world: World, phones: dict[str, Phone]) -> Iterator[tuple[str, Page]]:
    """Pages that only an act brings up, and the word that says it is done."""
    ana, cleo, max_ = phones["ana"], phones["cleo"], phones["max"]
    evening, hers = world.evening.id, world.people["ana"].id
    yield "ben", phones["ben"].get(f"/entries/{world.ids['bens']}/share")  # with the consent
    yield from (("ana", page) for page in _of_the_plan(world, ana))
    yield "ana", ana.post("/journal/search", {"word": "zq"})
    yield "ana", ana.post("/journal/search", {"word": "not there"})
    yield "ana", ana.post("/journal/tapped", {"urge": "7"})
    yield "ana", ana.post("/check-ins/tapped", {"mood": "4"})
    shown = ana.get(f"/journal/{world.ids['private']}/edit")
    yield "ana", ana.fill(shown, "edit", situation="Changed", version="1")  # an older version
    yield "ana", ana.fill(ana.get(f"/journal/{world.ids['private']}"), "/removal")
    checked = f"/check-ins/{world.ids['check-in']}"
    shown = ana.get(f"{checked}/edit")
    ana.fill(shown, "edit", having="mood", mood="2")
    yield "ana", ana.fill(shown, "edit", having="mood", mood="3", safety="unsure")
    asks = f"/check-ins/instruments/{world.ids['evenings']}"
    for number in (2, 4, 5, 6, 7):
        yield "ana", ana.get(f"{asks}/{number}")
    yield "ana", ana.post(f"{asks}/4", {"answer": "2"})  # help comes first
    yield "ana", ana.post(f"{asks}/removal")
    yield "ana", ana.fill(ana.get("/check-ins/reminder"), having="at", at="20:00")
    week = f"/check-ins/instruments/{WEEKLY_ID}"
    page = ana.fill(ana.get(week), week)
    while "/answers/" not in page.address:
        yield "ana", page
        page = ana.fill(page, having="answer", answer="1")
    yield "ana", page
    yield "ana", ana.get("/check-ins")
    visit = world.ids["visit"]
    shown = ana.get(f"/meetings/{visit}/edit")
    yield "ana", ana.fill(shown, "/edit", having="takeaway", version="0", meeting="Changed")
    yield "ana", ana.post("/meetings/find", {"day": "any", "near": "Nowhere", "miles": "5"})
    yield "ana", ana.post("/meetings/find", {"day": "any"})
    yield "ana", ana.post("/meetings/find", {"day": "soon", "mode": "online", "language": "es"})
    yield "ana", ana.post(f"/meetings/{visit}/initials", {"initials": "M1 1L2 2"})
    yield "ana", ana.get(f"/meetings/new?meeting={world.ids['meeting']}")
    yield from (("ana", page) for page in _of_practice(world, ana))
    yield from (("ana", page) for page in _of_medication(world, ana))
    yield "nobody", _checked(world, phones["nobody"])
    yield "cleo", cleo.post(f"/clinic/groups/{evening}/invitations")
    plan = f"/clinic/groups/{evening}/people/{hers}"
    yield "cleo", cleo.post(f"{plan}/days", world.fields("attendance.own_days", "cleo"))
    yield (
        "cleo",
        cleo.post(f"{plan}/authorization", world.fields("attendance.covered_sessions", "cleo")),
    )
    roll = cleo.get(f"/clinic/sessions/{world.evening.friday}/attendance")
    yield "cleo", cleo.fill(roll, "attendance", **{f"{hers}-presence": "late"})  # when?
    yield "cleo", cleo.fill(roll, "attendance", rest="1")
    yield "cleo", cleo.get(f"/clinic/groups/{evening}/attendance")
    yield "ana", ana.get("/week/attendance")
    yield "ana", ana.get("/week?week=2026-11-16")
    yield "ana", ana.post(f"/week/sessions/{world.evening.tonight}", {"says": "late"})
    yield "ana", ana.get(f"/week/sessions/{world.evening.tonight}")
    yield "cleo", cleo.get(f"/clinic/sessions/{world.evening.tonight}")
    yield "cleo", cleo.post(f"/clinic/groups/{evening}/people/{hers}/reset")
    yield "cleo", cleo.fill(cleo.get(f"/clinic/sessions/{world.evening.tonight}"), "/feedback",
                            entry=world.ids["shared"], words="")  # fmt: skip
    yield "max", max_.post(f"/clinic/groups/{evening}/facilitator-invitations")
    yield "max", max_.post("/clinic/groups/new", world.fields("clinic.new_group", "max"))
    yield "nobody", phones["nobody"].get(f"/join/{NO_CODE}?staff=1")
    yield "ana", ana.post(f"/sharing/consents/{world.ids['consent']}/revocation")
    yield "ana", ana.get(f"/sharing/consents/{world.ids['consent']}")
    outside = world.fields("consents.new", "ana")
    yield "ana", ana.post("/sharing/outside/new", {**outside, "shown": "other"})
    yield "ana", ana.post("/sharing/outside/new", outside)
    yield "ana", ana.post(f"/sharing/outside/{world.ids['outside']}/revocation")
    yield "ana", ana.get(f"/sharing/outside/{world.ids['outside']}")
    leaving = cleo.get(f"/clinic/groups/{evening}/people/{hers}/leaving")
    yield "cleo", cleo.fill(leaving, having="reason", reason="x" * 1_001)
    yield "cleo", cleo.fill(leaving, having="reason", reason="zq-reason")
    yield "ana", ana.get("/today")
    ana.post("/hide")
    yield "ana", ana.get("/today")  # the password is asked for again


def _of_practice(world: World, ana: Phone) -> Iterator[Page]:
    """Each exercise, one that was changed elsewhere, and what much practice tells."""
    yield from (ana.get(f"/mindfulness/{slug}") for slug in EXERCISES)
    shown = ana.get(f"/mindfulness/practices/{world.ids['practice']}/edit")
    yield ana.fill(shown, "/edit", having="samples", version="0", notes="Changed")
    with world.app.app_context():
        person = db.session.get_one(Person, world.people["ana"].id)
        for exercise, after in (("feet", 4), ("box", 8), ("walk", 9), (SURF, 2)):
            for number in range(5):
                samples = [[0, 8], [number + 1, 4]] if exercise == SURF else []
                done = {"exercise": exercise, "before": 8, "after": after, "samples": samples}
                write(Practice, person, uuid4(), NOW - timedelta(hours=number), done)
        db.session.commit()
    yield ana.get("/mindfulness/practices")


def _of_medication(world: World, ana: Phone) -> Iterator[Page]:
    """What is due, what is needed, what was changed elsewhere, and an empty list."""
    listed = world.ids["medication"]
    shown = ana.get(f"/medication/{listed}/edit")
    yield ana.fill(shown, "/edit", having="dose", version="0")
    shown = ana.get(f"/medication/doses/{world.ids['dose']}")
    yield ana.fill(shown, having="answer", version="0")
    ana.fill(ana.get("/medication/new"), having="dose", name="zq-name", refill="2026-11-25")
    ana.fill(ana.get("/medication/new"), having="dose", name="zq-name", **{"times-0": "21:00"},
             remind="y", weekdays=["0", "3"])  # fmt: skip
    page = ana.get("/medication")
    yield page
    for form in page.forms:
        if form.fields.get("answer") in ("later", "taken"):
            yield ana.post(form.action, form.fields)
    yield ana.get("/medication?day=2026-11-22")
    yield ana.get(
        next(address for address in page.links if re.search("/medication/[0-9a-f]{8}", address))
    )
    yield ana.get("/medication/printed")
    for link in {
        address for address in page.links if re.search("/medication/[0-9a-f]{8}", address)
    }:
        yield ana.post(f"{link}/removal")
    yield ana.get("/medication/printed")


def _checked(world: World, phone: Phone) -> Page:
    with world.app.app_context():
        code = db.session.get_one(Sheet, world.ids["sheet"]).code
    return phone.post("/check-sheet", {"code": code})


def _of_the_plan(world: World, ana: Phone) -> Iterator[Page]:
    """Each question, each kind of answer given, and what repeats when there is enough of it."""
    for part in PARTS.values():
        for question in part.questions:
            yield ana.get(f"/plan/{part.name}/{question.name}")
        yield ana.get(f"/plan/{part.name}")
    goal = {"goal": "zq-goal", "together": "y", "who": "Cleo", "review": "2026-12-07",
            "steps-0-words": "zq-step", "steps-0-by": "2026-12-01"}  # fmt: skip
    ana.fill(ana.get("/plan/goals/goals"), having="goal", **goal)
    ana.fill(ana.get("/plan/week/activities"), having="at", what="zq-activity", day="2", at="19:30")
    ana.fill(ana.get("/plan/skills/skills"), having="own", body=["walk"], own="zq-skill")
    ana.fill(ana.get("/plan/skills/favourites"), having="most", most=["walk", "zq-skill"])
    ana.fill(ana.get("/plan/medication/prescriber"), having="who", who="zq-name", phone="555")
    ana.fill(ana.get("/plan/safety/made"), having="who", who="Cleo", day="2026-11-20")
    stale = ana.get("/plan/why/why")
    ana.fill(ana.get("/plan/why/why"), having="answer", answer="zq-newer")
    yield ana.fill(stale, having="answer", answer="zq-newest")
    for name in ("goals", "week", "skills", "medication", "safety", "why/changes", "family"):
        yield ana.get(f"/plan/{name}")
    yield ana.get("/plan/family?show=goals&show=safety&show=skills&show=why&show=week")
    yield ana.get("/plan/safety/kept?what=all")
    days = f"/plan/days/{world.ids['milestone']}"
    yield ana.fill(ana.get(f"{days}/return"), having="before", before="zq-before", day="2026-11-23")
    ana.fill(ana.get("/plan/days"), having="since", name="zq-marker", way="with")
    marker = next(link for link in ana.get("/plan/days").links if "/days/" in link and link != days)
    yield ana.fill(ana.get(marker), "/mark")
    yield ana.fill(ana.get(marker), "/removal")
    yield ana.get("/journal/patterns")
    with world.app.app_context():
        person = db.session.get_one(Person, world.people["ana"].id)
        for number in range(6):
            write(Trigger, person, uuid4(), NOW - timedelta(days=number * 2), {
                "urge": 8, "after": 4, "did": "zq-did", "kinds": ["money"], "feelings": ["tired"],
                "zone": ZONE})  # fmt: skip
        db.session.commit()
    for address in ("/journal/patterns", "/plan/coverage", "/today"):
        yield ana.get(address)


def _errors(phones: dict[str, Phone]) -> Iterator[tuple[str, Page]]:
    yield "ana", phones["ana"].get("/no-such-page")
    yield "nobody", phones["nobody"].post("/journal/new", {"situation": "Words on their way"})
    stale = phones["ana"].client.post("/journal/new", data={"situation": "Words to keep"})
    yield "ana", Page(stale, "/journal/new")
    long = phones["ana"].client.post("/journal/new", data={"situation": "x" * 1_100_000})
    yield "ana", Page(long, "/journal/new")


def _notes_for_staff(world: World, cleo: Phone) -> None:
    """What Cleo writes about Ana that isn't for Ana."""
    evening, hers = world.evening, world.people["ana"].id
    roll, covered = FOR_STAFF
    page = cleo.get(f"/clinic/sessions/{evening.friday}/attendance")
    late = {f"{hers}-presence": "late", f"{hers}-arrived": "18:10", f"{hers}-note": roll}
    cleo.fill(page, "attendance", **late)
    cleo.post(
        f"/clinic/groups/{evening.id}/people/{hers}/authorization",
        world.fields("attendance.covered_sessions", "cleo") | {"authorization-note": covered},
    )


def ben_writes(world: World) -> None:
    with world.app.app_context():
        ben = db.session.get_one(Person, world.people["ben"].id)
        entry = write(Trigger, ben, uuid4(), NOW, {"urge": 2, "zone": ZONE, "acted": "no"})
        db.session.commit()
        ana = db.session.get_one(Person, world.people["ana"].id)
        again = write(Trigger, ana, uuid4(), NOW, {"urge": 2, "zone": ZONE, "kinds": ["money"]})
        db.session.commit()
        world.ids["bens"], world.ids["recurring"] = entry.id, again.id
