"""What would run if a page took words for code stands in every stored field, and nothing runs.

In a real browser, without the policy that would stop it: escaping alone has to hold.
"""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Route
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.conftest import PASSWORD, is_whole
from tests.house.everywhere import ALL_KINDS, ben_writes
from tests.house.test_routes import POLICY, rule_for
from tests.house.world import World
from tests.pages import Phone
from webapp.accounts.confirming import OWN_PASSWORD
from webapp.accounts.models import Person
from webapp.core.crypto.keys import DataKey, keyring
from webapp.core.crypto.sealing import SealedRow, seal, unseal
from webapp.core.data.db import Base, db
from webapp.entries.models import Entry, EntryVersion, sealed_as
from webapp.questionnaires.models import InstrumentFile
from webapp.settings.first import make_row

pytestmark = [pytest.mark.journey, pytest.mark.fuzz]

# What runs by itself has done so once a timer fires.
RAN = "() => new Promise((done) => setTimeout(() => done(window.ran || []), 0))"
RUN = "(window.ran=window.ran||[]).push({})"
TAGS = (
    "<script>{}</script>", "<SCRIPT SRC=//elsewhere.example/{}></SCRIPT>",
    "<scr<script>ipt>{}</script>", "<img src=x onerror={}>", "<img src=x onerror='{}'>",
    "<IMG SRC=x ONERROR={}>", "<svg onload={}>", "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>", "<body onload={}>",
    "<iframe srcdoc='<script>parent.{}</script>'>", "<iframe src='javascript:parent.{}'>",
    "<details open ontoggle={}><summary>x</summary></details>",
    "<video><source onerror={}></video>", "<audio src=x onerror={}>",
    "<input autofocus onfocus={}>", "<marquee onstart={}>x</marquee>", "<style onload={}></style>",
    "<link rel=stylesheet href=data:text/css, onload={}>",
    "<object data='javascript:{}'></object>", "<embed src='javascript:{}'>",
    "<math><mtext><script>{}</script>", "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href='javascript:{}//'>",
    "<form><button formaction='javascript:{}' autofocus>x</button></form>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>", "<!--><img src=x onerror={}>-->",
    "<![CDATA[><img src=x onerror={}>]]>", "<p/onmouseover={}>x",
)  # fmt: skip
# Out of what may be around the words: an attribute, a text field, a title, a script, an address.
OUT_OF = (
    '"', "'", '">', "'>", "</textarea>", "</title>", "</script>", "</style>", "--></", "]]>",
    '" autofocus onfocus={} x="', "' autofocus onfocus={} x='", "` onload={} `", "javascript:{}",
    "data:text/html,<script>{}</script>", "vbscript:{}", "${{{}}}", "{{{{{}}}}}", "{{% {} %}}",
    "\u003cscript\u003e{}\u003c/script\u003e", "%3Cscript%3E{}%3C/script%3E",
    "&lt;script&gt;{}&lt;/script&gt;", "\\u003cscript\\u003e{}", "\\x3cscript\\x3e{}",
    "+ADw-script+AD4-{}+ADw-/script+AD4-", "';{}//", '";{}//',
    "</a><a href=javascript:{} autofocus>", "＜script＞{}＜/script＞", "<\0script>{}</script>",
)  # fmt: skip


def payloads() -> list[str]:
    """Sixty, each of which says which one it was."""
    made = [text + "<svg onload={}>" if "{" not in text else text for text in OUT_OF]
    return [text.format(RUN.format(at)) for at, text in enumerate([*TAGS, *made])]


def poisoned(words: Any, by: str) -> Any:
    """Words that somebody wrote, wherever they stand, with something before and behind them."""
    if isinstance(words, str):
        return f"{by}{words}{by}" if "zq-" in words else words
    if isinstance(words, list):
        return [poisoned(one, by) for one in words]
    if isinstance(words, dict):
        return {name: poisoned(one, by) for name, one in words.items()}
    return words


READ = ("text", "display")
# Besides what is sealed: what staff write about the clinic, and what a list of meetings says.
PLAIN = {
    "group": ("name", "place", "bring"),
    "group_session": ("place", "reason", "topic", "read_before"),
    "holiday": ("name",), "expectation": ("words",), "instrument": ("title",),
    "meeting": (
        "name", "location", "address", "notes", "group", "city", "places", "group_notes",
        "location_notes", "state", "conference_url_notes", "conference_phone_notes",
        "conference_phone", "tags", "entity", "conference_url", "url",
    ),
    "clinic_settings": (
        "clinic_name", "clinic_address", "consent_added", "short_name", "call_hours",
        "privacy_contact", "privacy_email",
        "help_emergency", "help_crisis_call", "help_crisis_text", "help_crisis_chat",
        "help_treatment", "help_treatment_name", "help_violence", "help_clinic",
        "help_clinic_hours",
    ),
}  # fmt: skip


def asked(questions: Any, by: str) -> Any:
    """A questionnaire with something behind each word that somebody reads in it."""
    if isinstance(questions, list):
        return [asked(one, by) for one in questions]
    if not isinstance(questions, dict):
        return questions
    return {
        name: said + by if name in READ and isinstance(said, str) else asked(said, by)
        for name, said in questions.items()
    }


def poison(world: World) -> int:
    """Put all of them into every field that holds words, whoever wrote it. Returns how many."""
    every, changed = "".join(payloads()), 0
    with world.app.app_context():
        session: Session = db.session()
        for key in session.scalars(select(DataKey)):
            keyring(session).hold(key)
        for mapper in Base.registry.mappers:
            kind = mapper.class_
            if not issubclass(kind, SealedRow) or mapper.inherits is not None:
                continue
            for row in list(session.scalars(select(kind))):
                said = dict(row.content)
                if kind is Person and said.get("name"):
                    said["name"] = f"zq-{said['name']}"
                row.__dict__["_content"] = poisoned(said, every)
                changed += row.content != said
                here = [column == row.__dict__[column.name] for column in mapper.primary_key]
                sealed = row._seal(session)
                session.execute(update(mapper.local_table).where(*here).values(sealed=sealed))
        for version in list(session.scalars(select(EntryVersion))):
            entry = session.get_one(Entry, version.entry_id)
            key = keyring(session).key_of(entry.author_id)
            bound = Entry.bound(sealed_as(entry.id, entry.author_id, entry.kind, version.version))
            said = poisoned(unseal(version.sealed, key, bound), every)
            here = (EntryVersion.entry_id == entry.id, EntryVersion.version == version.version)
            sealed = seal(said, key, bound)
            session.execute(update(EntryVersion).where(*here).values(sealed=sealed))
        make_row(session.connection(), world.app.extensions["settings"])
        for name, columns in PLAIN.items():
            table = Base.metadata.tables[name]
            words = {column: func.coalesce(table.c[column], "") + every for column in columns}
            if name == "clinic_settings":
                words["version"] = table.c.version + 1  # by which the process looks again
            session.execute(update(table).values(words))
        for file in session.scalars(select(InstrumentFile)):
            file.questionnaire = json.dumps(asked(json.loads(file.questionnaire), every))
        session.commit()
    return changed


class Opened:
    """A browser whose only network is the app in this process, as one person."""

    def __init__(self, browser: Browser, phone: Phone) -> None:
        self.context: BrowserContext = browser.new_context(bypass_csp=True, service_workers="block")
        self.phone, self.elsewhere = phone, []
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: self.elsewhere.append(dialog.message))

    def _answer(self, route: Route) -> None:
        address = route.request.url.removeprefix("http://localhost")
        if not address.startswith("/"):
            self.elsewhere.append(address)
            return route.abort()
        method = route.request.method
        answer = self.phone.client.open(address, method=method, follow_redirects=True)
        headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
        return route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())

    def troubles(self, address: str) -> list[str]:
        """What ran on this page, on the screen or on paper, or was asked for elsewhere."""
        self.page.goto(address, wait_until="load")
        ran = self._ran()
        self.page.emulate_media(media="print")
        ran += self._ran()
        self.page.emulate_media(media="screen")
        found, self.elsewhere[:] = [*map(str, ran), *self.elsewhere], []
        return found

    def _ran(self) -> list[int]:
        while True:
            try:
                ran: list[int] = self.page.evaluate(RAN)
                return ran
            except Error as error:  # a script of ours goes on to another page
                if "context was destroyed" not in error.message:
                    raise
                self.page.wait_for_load_state()


# Full of words, and so in the few that the short run opens.
SURELY = (
    "/sharing", "/plan", "/clinic/sessions/<uuid:id>", "/discharge", "/help-now",
    "/check-ins/instruments/<uuid:id>/<int:number>",
)  # fmt: skip


def addresses(world: World, rules: list[Rule], one_in: int) -> Iterator[tuple[str, str]]:
    """Every page, or one in so many, by each who gets in and sees most of it."""
    pages = [
        (who, address)
        for (method, address), expected in POLICY.items()
        for who in ("ben", *ALL_KINDS)
        if method == "GET" and expected[who] == "in" and (who != "ben" or "share" in address)
    ]
    for at, (who, address) in enumerate(pages):
        if at % one_in == 0 or address in SURELY:
            yield who, world.address(rule_for(rules, "GET", address))


def test_nothing_that_anybody_wrote_runs_anywhere(
    world: World,
    rules: list[Rule],
    browser: Browser,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    assert len(payloads()) == 60
    ben_writes(world)
    assert poison(world) > 30
    one_in, least = (1, 50) if is_whole(request.config) else (20, len(SURELY))
    found, phones, seen = {}, {}, 0
    for who, address in dict.fromkeys(addresses(world, rules, one_in)):
        if who not in phones:
            phones[who] = Opened(browser, world.phone(who))
        answer = phones[who].phone.client.get(address, follow_redirects=True)
        assert answer.status_code < 400, (who, address)
        if answer.mimetype != "text/html":  # a file is never taken for a page
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.mimetype != "text/html" or answer.status_code == 204:
            continue
        seen += "ran=window.ran" in answer.get_data(as_text=True)
        if troubles := phones[who].troubles(f"http://localhost{address}"):
            found[who, address] = troubles
    ana = phones.get("ana") or Opened(browser, world.phone("ana"))
    taken = ana.phone.post("/you/everything", {OWN_PASSWORD: PASSWORD}).response.get_data()
    with zipfile.ZipFile(BytesIO(taken)) as opened:
        (tmp_path / "everything.html").write_bytes(opened.read("everything.html"))
    assert b"ran=window.ran" in (tmp_path / "everything.html").read_bytes()
    ana.context.unroute("**/*")
    if troubles := ana.troubles((tmp_path / "everything.html").as_uri()):
        found["ana", "everything.html"] = troubles
    for phone in phones.values():
        phone.context.close()
    assert not found
    assert seen >= least


def test_a_page_that_takes_words_for_code_is_found(browser: Browser, world: World) -> None:
    """Else the test above would find nothing, whatever there was."""
    opened = Opened(browser, world.phone("nobody"))
    opened.context.unroute("**/*")
    body = "<body>" + "".join(TAGS).format(*[RUN.format(at) for at in range(100)])
    opened.context.route("**/*", lambda route: route.fulfill(content_type="text/html", body=body))
    assert len(set(opened.troubles("http://localhost/"))) > 3
    opened.context.close()
