"""Ana's way through a check-in on her phone, and through a questionnaire with a closed tab."""

import pytest
from playwright.sync_api import Page, expect

from tests.house.world import EVENINGS
from tests.journeys.conftest import DESK, PHONE, follow
from webapp.accounts.models import Role
from webapp.core.data.db import db
from webapp.questionnaires.importing import beside, import_instrument

pytestmark = pytest.mark.journey


@pytest.fixture
def evenings(clinic):
    """The operator brought our own sample in."""
    with clinic.app.app_context():
        row, _new = import_instrument(EVENINGS, beside(EVENINGS))
        db.session.commit()
        return row.id


def tap(page: Page, question: str, answer: str) -> None:
    group = page.get_by_role("group", name=question)
    group.get_by_role("radio", name=answer, exact=True).tap()


def test_seven_taps_and_save_and_help_comes_first_for_whoever_is_not_safe(
    clinic, ana, evening, opened, look
):
    phone = opened(PHONE, ana)
    phone.goto("/check-ins")
    look(phone, "check-ins-empty-phone")
    follow(phone.get_by_role("link", name="Check in now").tap)
    look(phone, "check-in-phone")
    tap(phone, "How is your mood?", "Low")
    tap(phone, "How strong is the urge?", "8")
    tap(phone, "How did you sleep?", "Poorly")
    tap(phone, "Did you take your medication?", "Some of it")
    tap(phone, "Did you talk with someone supportive?", "No")
    tap(phone, "Did you use?", "I’d rather not say")
    tap(phone, "Are you safe right now?", "I’m not sure")
    look(phone, "check-in-tapped-phone")
    phone.get_by_role("button", name="Save").tap()

    alert = phone.get_by_role("alert")
    expect(alert).to_contain_text("No one has been notified, so")
    expect(alert.get_by_role("link", name="Help now")).to_be_in_viewport()
    expect(alert.get_by_role("link", name="My safety plan")).to_be_in_viewport()
    look(phone, "check-in-not-safe-phone")
    alert.get_by_role("link", name="My safety plan").tap()
    expect(phone).to_have_url(f"{clinic.address}/plan/safety")

    narrow = opened(PHONE | {"viewport": {"width": 320, "height": 640}}, ana)
    narrow.goto("/check-ins/new")
    look(narrow, "check-in-narrow")
    desk = opened(DESK, ana)
    desk.goto("/check-ins/new")
    look(desk, "check-in-desk")


def test_a_closed_tab_loses_no_answer_and_the_rule_shows_help_at_once(
    clinic, ana, evening, evenings, opened, look, watch
):
    watch.expect("the server responded with a status of 422")
    phone = opened(PHONE, ana)
    phone.goto(f"/check-ins/instruments/{evenings}")
    look(phone, "questionnaire-phone")
    follow(phone.get_by_role("button", name="Start", exact=True).tap)
    look(phone, "question-phone")
    phone.get_by_role("radio", name="Some evenings").tap()
    phone.get_by_role("button", name="Next").tap()
    expect(phone.get_by_text("How often did you feel calm?")).to_be_visible()
    phone.close()

    phone = opened(PHONE, ana)
    phone.goto("/check-ins")
    expect(phone.get_by_text("started")).to_be_visible()
    follow(phone.get_by_role("link", name="My evenings").tap)
    follow(phone.get_by_role("link", name="Continue", exact=True).tap)
    follow(phone.get_by_role("button", name="Next").tap)
    look(phone, "question-left-out-phone")  # it has to be answered
    phone.get_by_role("radio", name="Most evenings").tap()
    phone.get_by_role("button", name="Next").tap()
    phone.get_by_role("radio", name="No", exact=True).tap()
    phone.get_by_role("button", name="Next").tap()
    phone.get_by_role("radio", name="More often").tap()
    phone.get_by_role("button", name="Next").tap()
    expect(phone.get_by_role("link", name="My safety plan")).to_be_in_viewport()
    look(phone, "question-help-phone")
    phone.get_by_role("link", name="Continue with the questions").tap()
    phone.get_by_label("Who could you call next time?").fill("My sister")
    phone.get_by_role("button", name="Next").tap()
    phone.get_by_label("How many hours did you sleep, on a usual night?").fill("6,5")
    phone.get_by_role("button", name="Next").tap()
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("heading", name="My evenings")).to_be_visible()
    look(phone, "answers-phone")
    phone.goto("/check-ins")
    look(phone, "check-ins-phone")
    phone.goto("/check-ins/reminder")
    look(phone, "check-in-reminder-phone")


def test_max_chooses_the_days(clinic, evenings, opened, look):
    desk = opened(DESK, clinic.person("max", Role.ADMINISTRATOR))
    desk.goto("/clinic/check-ins")
    look(desk, "due-days-desk")
    week = desk.locator("section", has_text="The last 7 days")
    week.get_by_role("checkbox", name="Friday").check()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Saved. Starting today, patients are asked")).to_be_visible()


def test_max_turns_phq_9_on_and_imports_another(clinic, opened, look):
    desk = opened(DESK, clinic.person("max", Role.ADMINISTRATOR))
    desk.goto("/clinic")
    follow(desk.get_by_role("link", name="Questionnaires", exact=True).click)
    look(desk, "questionnaires-desk")
    follow(desk.get_by_role("button", name="Use Mood (PHQ-9)").click)
    expect(desk.get_by_text("Patients can answer it now.")).to_be_visible()
    look(desk, "due-days-of-phq-9-desk")
    desk.goto("/clinic/questionnaires")
    desk.get_by_text("Import another questionnaire").click()
    desk.get_by_label("Questionnaire (FHIR R4, JSON)").set_input_files(EVENINGS)
    desk.get_by_label("Scoring file (TOML)").set_input_files(beside(EVENINGS))
    follow(desk.get_by_role("button", name="Import and preview").click)
    expect(desk.get_by_role("heading", name="My evenings")).to_be_visible()
    expect(desk.get_by_text("Rest was hard to find on many evenings.")).to_be_visible()
    look(desk, "questionnaire-preview-desk")
