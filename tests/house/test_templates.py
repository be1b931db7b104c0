"""Pages are plain HTML that works alone: no hidden ways in for a script, no address but ours."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import root
from tests.house.everywhere import FOR_STAFF, PLACES
from tests.house.who_gets_in import PATIENTS
from tests.house.world import EVERY_WORD, LISTED_LINK, World
from tests.pages import Outline, Page
from webapp.check_ins.views.asking import ANSWERS
from webapp.config import HelpLines
from webapp.consents.consent_text import NOTICE
from webapp.writing.kind import KINDS

TEMPLATES = root() / "templates"
MAPS = "https://maps.apple.com/?q="
CODE = [
    *(root() / "webapp").rglob("*.py"),
    *TEMPLATES.rglob("*.*"),
    *(root() / "static/js").rglob("*.js"),
]
# Where a text of ours, never a person's, is made markup, or a file of ours stands in a page by its
# hash: see the docstrings there.
TRUSTED = {
    "Markup(": {"webapp/core/wording.py"},
    "a script without a source": {"webapp/core/web/first_visit.py"},
}
FORBIDDEN = {
    "|safe": r"\|\s*safe\b",
    "Markup(": r"\bMarkup\(",
    "render_template_string": r"render_template_string",
    "innerHTML": r"\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write",
    "autoescape off": r"autoescape\s+false|\{%-?\s*autoescape",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a handler in an attribute": r"<[a-z][^>{]*\son[a-z]+\s*=",
    "a script without a source": r"<script(?![^>]*\ssrc=)",
    "javascript:": r"[\"'(]javascript:",
    "a choice drawn by WTForms": r"%-?\s*for option in \w+\.\w+ [-%]",  # see components/tick.html
    "eval": r"\beval\(|new Function\(",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_nobody_writes(name: str) -> None:
    found = [
        str(file.relative_to(root()))
        for file in CODE
        if re.search(FORBIDDEN[name], file.read_text(), re.IGNORECASE | re.DOTALL)
    ]
    assert set(found) <= TRUSTED.get(name, set()), f"{name} in {found}"


@pytest.mark.parametrize(
    ("name", "breach"),
    [
        ("|safe", "{{ words | safe }}"),
        ("a style attribute", '<p class="a"\n style="color: red">'),
        ("a handler in an attribute", '<button class="x" onclick="go()">'),
        ("a choice drawn by WTForms", "{%- for option in form.kind %}{{ option() }}"),
        ("a script without a source", "<script type=module>go()</script>"),
    ],
)
def test_it_would_be_seen(name: str, breach: str) -> None:
    assert re.search(FORBIDDEN[name], breach, re.IGNORECASE | re.DOTALL)


def test_every_link_by_name_leads_somewhere(app: Flask) -> None:
    for file in CODE:
        for name in re.findall(r"url_for\(\s*[\"']([\w.]+)[\"']", file.read_text()):
            assert name in app.view_functions, f"{file.name} links to {name}"


def test_every_template_is_used() -> None:
    texts = "\n".join(file.read_text() for file in CODE)
    kinds = (*KINDS.values(), ANSWERS)
    of_kinds = {kind.template(what) for kind in kinds for what in ("form", "show")}
    for file in TEMPLATES.rglob("*.*"):
        name = str(file.relative_to(TEMPLATES))
        assert f'"{name}"' in texts or name in of_kinds, f"nobody uses {name}"


def test_every_macro_is_used_and_every_import_too() -> None:
    files = {file: file.read_text() for file in TEMPLATES.rglob("*.html")}
    by_name = {"line", "more", "unsafe", "used"}  # found by the kind of the entry: entries/page.py
    whole = "\n".join(files.values())
    calls = Counter(re.findall(r"(\w+)\(", whole))
    imported = " ".join(re.findall(r"import ([^%]*)", whole))
    aliased = set(re.findall(r"(\w+) as ", imported))
    for file, source in files.items():
        for macro in re.findall(r"{%-?\s*macro\s+(\w+)", source):
            is_used = calls[macro] > 1 or macro in aliased | by_name
            assert is_used, f"{file.name}: nobody uses {macro}"
        for names in re.findall(r"{%-?\s*from \"[^\"]+\" import ([^%]+?)\s*-?%}", source):
            for name in (part.split(" as ")[-1].strip() for part in names.split(",")):
                assert re.search(rf"\b{name}\(", source), f"{file.name} doesn't use {name}"


RAW_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_whatever_staff_print_carries_the_notice_and_no_paper_for_a_patient_does(
    pages: list[tuple[str, Page]],
) -> None:
    carrying = 0
    for who, page in pages:
        is_paper = any(paper in page.html for paper in ('class="slip"', "Backup codes</h1>"))
        carries = '<main class="clinic' in page.html and not is_paper
        assert (NOTICE in page.html) == carries, f"{who}: {page.address}"
        carrying += carries
    assert carrying > 20


def test_what_is_noted_for_staff_is_on_no_page_that_a_patient_sees(
    pages: list[tuple[str, Page]],
) -> None:
    for words in FOR_STAFF:
        assert "cleo" in {who for who, page in pages if words in page.html}, words
    not_for = {"nobody", *PATIENTS}
    found = {(page.address, words) for words in (*FOR_STAFF, "zq-reason") for who, page in pages
             if who in not_for and words in page.html}  # fmt: skip
    assert not found


def test_what_every_page_is_made_of(pages: list[tuple[str, Page]], world: World) -> None:
    assert len(pages) > 150
    assert {page.status for _, page in pages} >= {200, 400, 401, 404, 409, 413, 422}
    problems = {f"{who}, {page.address} ({page.status}): {problem}"
                for who, page in pages for problem in faults(page, world)}  # fmt: skip
    assert not problems, "\n".join(sorted(problems))


@pytest.mark.parametrize(
    "address",
    ["/today", "/journal", "/meetings", "/check-ins", "/medication", "/mindfulness/practices",
     "/plan", "/sharing", "/week", "/journal/patterns", "/plan/days"],
)  # fmt: skip
def test_who_has_nothing_yet_is_offered_one_thing(world: World, address: str) -> None:
    page = world.phone("dana").get(address)
    assert page.status == 200
    assert [*_primaries(page.outline)] == []


# What nobody can bring back, or only by hand: the first tap asks, the second one does it.
ASKS_FIRST = (
    r"/(leaving|step|holidays/[^/]+/removal|times/[^/]+/end|devices/[^/]+/end"
    r"|instruments/[^/]+/removal)$"
)


def test_no_function_of_a_template_asks_the_database(
    pages: list[tuple[str, Page]], asked: set[str]
) -> None:
    assert pages
    assert asked == set()


def test_what_cannot_be_undone_is_asked_about_first(pages: list[tuple[str, Page]]) -> None:
    asked = set()
    for who, page in pages:
        for form in page.outline.all("form"):
            action = form.attrs.get("action", "")
            if re.search(ASKS_FIRST, action):
                assert form.is_in("details"), f"{who}, {page.address}: {action}"
                asked.add(action.rsplit("/", 1)[-1])
    assert asked == {"leaving", "step", "removal", "end"}, "a patient who was only added leaves"


def faults(page: Page, world: World) -> Iterator[str]:
    """What is wrong with a page."""
    outline = page.outline
    if [html.attrs.get("lang") for html in outline.all("html")] != ["en"]:
        yield "doesn't say its language"
    if len(outline.all("h1")) != 1:
        yield f"has {len(outline.all('h1'))} h1"
    twice = [name for name, count in Counter(page.ids).items() if count > 1]
    if twice:
        yield f"has two elements called {twice}"
    if RAW_ID.search(page.text):
        yield "shows an id"
    yield from _primaries(outline)
    yield from _title(outline, world)
    yield from _inputs(outline)
    yield from _forms(outline)
    yield from _addresses(outline, world)


def _primaries(outline: Outline) -> Iterator[str]:
    """One thing that a page is for. Others are there, and quieter."""
    found = [
        "".join(element.texts).strip()
        for element in outline.all("button", "a")
        if _looks_primary(element.attrs.get("class", "").split())
        and element.is_in("main")
        and not element.is_in("dialog", "template")
        and not any("hidden" in around.attrs for around in element.around)
    ]
    # Help is never one of several things to do.
    found = [label for label in found if not label.startswith(("Call ", "Help now"))]
    if len(found) > 1:
        yield f"has several primary buttons: {found}"


def _looks_primary(classes: list[str]) -> bool:
    return "button" in classes and not {"plain", "quiet"} & set(classes)


def _title(outline: Outline, world: World) -> Iterator[str]:
    titles = ["".join(title.texts) for title in outline.all("title") if title.is_in("head")]
    if len(titles) != 1 or not titles[0].strip():
        yield f"has the titles {titles}"
    names = [person.name for person in world.people.values()]
    words = [word for word in (*EVERY_WORD, *names) if word in "".join(titles)]
    if words:
        yield f"has {words} in its title"


def _inputs(outline: Outline) -> Iterator[str]:
    labelled = {label.attrs.get("for") for label in outline.all("label")}
    for field in outline.all("input", "select", "textarea"):
        if field.attrs.get("type") in ("hidden", "submit"):
            continue
        named = field.attrs.get("aria-label") or field.attrs.get("aria-labelledby")
        if not (named or field.is_in("label") or field.attrs.get("id") in labelled):
            yield f"has an input without a label: {field.attrs}"
    there = {element.attrs["id"] for element in outline.elements if "id" in element.attrs}
    for element in outline.elements:
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "data-opens"):
            missing = set(element.attrs.get(name, "").split()) - there
            if missing:
                yield f"points to {missing} with {name}, and there is no such thing"
    for control in outline.all("button", "a"):
        texts = "".join(text for one in (control, *control.inside) for text in one.texts)
        if not texts.strip() and not control.attrs.get("aria-label"):
            yield f"has a {control.tag} without a name: {control.attrs}"


def _forms(outline: Outline) -> Iterator[str]:
    for form in outline.all("form"):
        has_token = any(field.attrs.get("name") == "csrf_token" for field in form.inside)
        posts = form.attrs.get("method", "get").lower() == "post"
        # Help now is one page for everybody, kept on the phone: of whoever leaves by it, a browser
        # says where it comes from (`accounts.access.leaving`).
        if form.attrs.get("action") == "/hide" and not has_token:
            continue
        if posts != has_token:
            yield f"has a form that posts ({posts}) with a token ({has_token}): {form.attrs}"


def _addresses(outline: Outline, world: World) -> Iterator[str]:
    chat = HelpLines.crisis_chat
    for element in outline.elements:
        if any(name.startswith("on") or name == "style" for name in element.attrs):
            yield f"has a script or a style in an attribute: {element.attrs}"
        if element.tag == "script" and "src" not in element.attrs:
            yield "has a script inside"
        for name in ("src", "href", "action", "srcset", "poster", "data-to", "formaction"):
            to = element.attrs.get(name, "/")
            if to.startswith((LISTED_LINK, MAPS)) and "noreferrer" in element.attrs.get("rel", ""):
                continue  # an online meeting or a map, which learns nothing of where one comes from
            fits = re.match(r"/(?!/)|#|tel:|sms:|data:image/svg", to) or to == chat or not to
            if to == "data:,":  # no icon at all, on the neutral page
                continue
            if not fits or (to.startswith("data:") and element.tag != "img"):
                yield f"leads elsewhere: {element.tag} {name} {to[:60]}"


def test_a_page_with_every_fault_has_them_all(app: Flask, world: World) -> None:
    bad = (
        '<html><head><title>Ana</title></head><body><h1>A</h1><h1 id="x">B</h1><p id="x"></p>'
        '<form method="post"><input name="q"></form><a href="https://elsewhere.example"></a>'
        '<img src="//elsewhere.example/x" onload="go()"><script>go()</script></body></html>'
    )
    page = Page.__new__(Page)
    page.html = bad
    page._parsed = Page(app.test_client().get("/healthz"), "")._parsed
    page._parsed.feed(bad)
    found = " ".join(faults(page, world))
    for fault in ("language", "2 h1", "two elements called ['x']", "['Ana'] in its title",
                  "without a label", "form that posts", "without a name", "leads elsewhere: a",
                  "leads elsewhere: img", "in an attribute", "script inside"):  # fmt: skip
        assert fault in found, fault


def test_every_file_of_the_house_that_a_page_asks_for_is_there(
    app: Flask, pages: list[tuple[str, Page]]
) -> None:
    asked = {to for _, page in pages for to in re.findall(r"(/s/[0-9a-f]{16}/[^\"#?]+)", page.html)}
    assert len(asked) > 5
    for address in asked:
        assert app.test_client().get(address).status_code == 200, address
    for sprite in ("sprite", "drawings"):
        text = (root() / f"static/icons/{sprite}.svg").read_text()
        marks = set(re.findall(r"<symbol[^>]*\sid=\"([\w-]+)\"", text))
        used = {mark for _, page in pages
                for mark in re.findall(rf"{sprite}\.svg#([\w-]+)", page.html)}  # fmt: skip
        assert used <= marks, used - marks


def test_every_module_that_a_page_asks_for_is_known(pages: list[tuple[str, Page]]) -> None:
    script = (root() / "static/js/app.js").read_text()
    listed = re.search(r"const modules = \[(.*?)\]", script, re.DOTALL)
    assert listed is not None
    known = set(re.findall(r'"([\w-]+)"', listed[1]))
    asked = {name for _, page in pages for names in re.findall(r'data-module="([^"]+)"', page.html)
             for name in names.split()}  # fmt: skip
    for template in (root() / "templates").rglob("*.html"):  # some stand on no page of this world
        found = re.findall(r'data[-_]module="([\w -]+)"', template.read_text())
        asked |= {name for names in found for name in names.split()}
    asked |= set(re.findall(r'enhance\(document\.documentElement, "([\w-]+)"', script))
    assert asked == known, "a module nobody asks for, or one that nobody wrote"
    for name in known:
        assert (root() / f"static/js/modules/{name}.js").is_file()


def test_every_form_with_something_to_fill_in_is_tried_with_bad_input(
    pages: list[tuple[str, Page]],
) -> None:
    tried = {having for _, _, having in PLACES.values()}
    for who, page in pages:
        for form in page.forms:
            names = form.names - {"csrf_token"}
            if form.method == "get":
                places = {"show", "from_day", "until_day", "kind", "about"}
                assert names <= places, "no words in an address"
                continue
            assert not names or names & tried, f"{who} on {page.address}: {names}"
