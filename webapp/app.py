"""Puts the house together."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, g
from flask_babel import Babel
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.accounts import (
    access,
    confirming,
    passkey_pages,
    phone_lock,
    refusals,
    second_factor,
)
from webapp.accounts import views as accounts
from webapp.activity import views as activity
from webapp.aftercare import views as aftercare
from webapp.agenda import views as agenda
from webapp.attendance import views as attendance
from webapp.census import views as census
from webapp.chart import views as chart
from webapp.check_ins import views as check_ins
from webapp.check_ins.views import questionnaires
from webapp.clinic import review, staff
from webapp.clinic import views as clinic
from webapp.config import ROOT, Settings
from webapp.consents import views as consents
from webapp.core import dates, limits, sparkline, starting, trouble, wording
from webapp.core.crypto import keys
from webapp.core.crypto.key_files import BadKeyFile, make_folder
from webapp.core.data import db
from webapp.core.web import cookies, error_pages, first_visit, headers, static, templates
from webapp.core.web.origin import AtItsAddress, OwnPages
from webapp.core.web.routes import GuardedFlask
from webapp.days import views as days
from webapp.discharge import views as discharge
from webapp.doctor import views as doctor
from webapp.entries import page
from webapp.erasing import views as erasing
from webapp.export import views as export
from webapp.helping import views as helping
from webapp.homework import views as homework
from webapp.huddle import views as huddle
from webapp.insight import views as insight
from webapp.joining import views as joining
from webapp.journal import views as journal
from webapp.medication import views as medication
from webapp.meetings import views as meetings
from webapp.meetings.views import lists as meeting_lists
from webapp.mindfulness import views as mindfulness
from webapp.permissions import views as permissions
from webapp.plan import views as plan
from webapp.program import views as program
from webapp.pwa import views as pwa
from webapp.ratings import views as ratings
from webapp.reminders import views as reminders
from webapp.settings.current import clinic_settings, settings_so_far
from webapp.sharing import views as sharing
from webapp.sync import keys as outbox_keys
from webapp.sync import views as sync
from webapp.today import views as today
from webapp.week import views as week

BLUEPRINTS = [
    accounts,
    export,
    erasing,
    joining,
    today,
    week,
    journal,
    check_ins,
    questionnaires,
    aftercare,
    plan,
    days,
    insight,
    meetings,
    meeting_lists,
    mindfulness,
    medication,
    consents,
    permissions,
    sharing,
    second_factor,
    phone_lock,
    passkey_pages,
    activity,
    reminders,
    program,
    attendance,
    clinic,
    census,
    discharge,
    staff,
    review,
    homework,
    huddle,
    agenda,
    chart,
    sync,
    pwa,
    ratings,
    helping,
    doctor,
]

MIGRATIONS = ROOT / "migrations"
KEY_FILES = (keys.OUTER, keys.BASE, keys.PUSH, outbox_keys.FILE)


def create_app(settings: Settings | None = None) -> Flask:
    """The app for these settings. Raises BadKeyFile for a database without its keys."""
    settings = settings or Settings.from_environment()
    # Before anything is put into it: nobody else on this machine has anything to look for there.
    make_folder(settings.data)
    app = GuardedFlask(
        "webapp", template_folder=str(ROOT / "templates"), static_folder=None, root_path=str(ROOT)
    )
    app.extensions["settings"] = settings
    app.extensions["secrets"] = _secrets(settings)
    app.config.update(_config(settings, app.extensions["secrets"].derived("cookies")))
    db.init_app(app, is_pooled=bool(settings.pool_url))
    Babel(app, locale_selector=lambda: app.config["LOCALE"])
    wording.init_app(app)
    templates.init_app(app)
    OwnPages(app)
    cookies.init_app(app)
    accounts.init_app(app)
    dates.init_app(app)
    sparkline.init_app(app)
    error_pages.init_app(app)
    first_visit.init_app(app)
    static.init_app(app, ROOT / "static", settings.data / "static")
    headers.init_app(app)
    for part in BLUEPRINTS:
        app.register_blueprint(part.bp)
    app.context_processor(_every_page)
    app.jinja_env.globals["settings"] = settings_so_far
    page.init_app(app)
    refusals.init_app(app)
    confirming.init_app(app)
    phone_lock.init_app(app)
    sync.init_app(app)
    doctor.init_app(app)
    app.check_declarations()
    if settings.address:  # inside of the proxy's headers, so that it has the last word
        app.wsgi_app = AtItsAddress(app.wsgi_app, settings.address)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logging.getLogger("groundwork").setLevel(logging.INFO)
    return app


def check_start(app: Flask, most: int = starting.LOOKED_THROUGH) -> None:
    """Refuse what can't be worked with, before the first page. Raises NotStarting, BadKeyFile."""
    starting.refuse_unsound(app.extensions["settings"].database_url, most)
    with app.app_context(), _asking_the_database():
        starting.refuse_another_schema(db.db.engine, db.Base.metadata, MIGRATIONS)
        note_keys(app)
        clinic_settings()  # what Help now says should the database be away later
        # Whoever forks from here must not share a connection.
        db.db.engine.dispose()


def note_keys(app: Flask) -> None:
    """Have the database know its key files. Raises BadKeyFile for those of another one."""
    held, folder = app.extensions["secrets"], app.extensions["settings"].data / "keys"
    checks = held.checks() | app.extensions["outbox keys"].now().checks()
    with db.writing(allowed=False):
        news = keys.check_files(db.db.session, folder, held.outer, checks)
        db.db.session.rollback()
    if news:
        keys.note_files(db.db.session, news)
        db.db.session.commit()


def _secrets(settings: Settings) -> keys.Secrets:
    """The key files. They are made together with the database, never for one that is there."""
    folder = settings.data / "keys"

    def lacking() -> list[str]:
        return [name for name in KEY_FILES if not (folder / name).exists()]

    if lacking():
        with _asking_the_database():
            is_made = db.has_tables(settings.database_url)
        # Once more: another process that starts now may have made them, and then the tables.
        if is_made and (lost := lacking()):
            raise BadKeyFile(folder / lost[0], "is missing, and the database needs it")
        if not is_made:
            keys.make_secrets(folder)
            outbox_keys.make(folder)
    return keys.load_secrets(folder)


@contextmanager
def _asking_the_database() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise starting.NotStarting(
            f"The database can’t be reached ({trouble.reason(error)}). Check that it’s running "
            "and that GROUNDWORK_DATABASE_URL is right."
        ) from None


def _config(settings: Settings, secret: bytes) -> dict[str, Any]:
    return {
        "SECRET_KEY": secret,
        "SECOND_FACTOR_OFF": settings.is_demo_of_this_machine,
        "SQLALCHEMY_DATABASE_URI": settings.pool_url or settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": db.engine_options(
            settings.database_url, is_pooled=bool(settings.pool_url)
        ),
        "SESSION_COOKIE_NAME": "groundwork" if settings.plain_http else "__Host-groundwork",
        "KNOWN_COOKIE": "groundwork-known" if settings.plain_http else "__Host-groundwork-known",
        "HERE_COOKIE_NAME": cookies.HERE if settings.plain_http else f"__Host-{cookies.HERE}",
        "SESSION_COOKIE_SECURE": not settings.plain_http,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        # A day longer than a sign-in: by its cookie, who signs in again finds what was begun.
        "PERMANENT_SESSION_LIFETIME": (settings.sign_in_days + 1) * 86_400,
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "MAX_CONTENT_LENGTH": limits.REQUEST,
        "MAX_FORM_MEMORY_SIZE": limits.REQUEST,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": False,  # every message that a person reads is our own
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "webapp" / "translations"),
        "LOCALE": "en",
        "PLAIN_HTTP": settings.plain_http,
        "UNNAMED": Settings.clinic_name,
        "HASH_MEMORY": settings.hash_memory,
        "HASH_PASSES": settings.hash_passes,
    }


def _every_page() -> dict[str, Any]:
    # Whoever was let in, themselves: a page asks for them some thirty times.
    return {"current_person": g.get("person") or access.current_person}
