"""The two pages of a text: to read and sign it, and one's own copy."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from webapp.accounts.queries import ended_by_restoring
from webapp.core import clock
from webapp.core.web.forms import OurForm
from webapp.settings.current import clinic_settings
from webapp.signing.models import SignedRow, fingerprint


def to_sign(
    template: str,
    form: OurForm,
    document: list[list[str]],
    *,
    is_changed: bool = False,
    **more: Any,
) -> ResponseReturnValue:
    """The whole text with its hash; `is_changed` when another one was read before."""
    page = render_template(
        template,
        form=form,
        document=document,
        shown=fingerprint(document),
        is_changed=is_changed,
        zone=clinic_settings().zone,
        now=clock.now(),
        **more,
    )
    return page, 422 if form.errors or is_changed else 200


def own_copy(template: str, signed: SignedRow, **more: Any) -> str:
    """One's own copy, to read, to print, and to cancel."""
    return render_template(
        template,
        consent=signed,
        restored=ended_by_restoring(signed.revoked_at),
        zone=clinic_settings().zone,
        now=clock.now(),
        **more,
    )
