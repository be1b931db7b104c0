"""The clinic's settings: one row, and a version by which processes see that it changed."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.config import HelpLines
from webapp.core.data.db import Base
from webapp.core.data.types import UtcDateTime


class ClinicSettings(Base):
    """Everything that an administrator may set for the whole clinic."""

    __tablename__ = "clinic_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    clinic_name: Mapped[str] = mapped_column(String(200))
    # What a consent has of the clinic, besides its name: its address, and one paragraph of its own.
    clinic_address: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    consent_added: Mapped[str] = mapped_column(String(2000), default="", server_default=text("''"))
    # Counts the changes of these three, from 1: what is signed says under which it was.
    consent_edition: Mapped[int] = mapped_column(default=1, server_default="1")
    short_name: Mapped[str] = mapped_column(String(12))
    zone: Mapped[str] = mapped_column(String(64))
    # From when on staff sign in with a second factor: two weeks after the database knows of it.
    second_factor_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How long records are kept after somebody left the program.
    years_kept: Mapped[int] = mapped_column(default=7, server_default="7")
    # When staff look at requests for a call; empty while patients can't send any.
    call_hours: Mapped[str | None] = mapped_column(String(200))
    # Until when on the next working day facilitators write their notes; empty: two hours.
    NOTES_UNTIL: ClassVar = "12:00"
    notes_until: Mapped[str] = mapped_column(
        String(5), default=NOTES_UNTIL, server_default=NOTES_UNTIL
    )
    # With whom patients may talk about the privacy notice (42 CFR 2.22): name or title, and email.
    privacy_contact: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    privacy_email: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    # Whom push services may write to about our messages.
    push_contact: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    # Steps of the first day, by name, that an administrator said this clinic doesn't need.
    not_needed: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    # Whether patients are asked about such words; off until a clinician has reviewed them.
    dark_words: Mapped[bool] = mapped_column(default=False, server_default=false())
    week_hours_least: Mapped[int]
    week_hours_most: Mapped[int]
    help_emergency: Mapped[str] = mapped_column(String(200))
    help_crisis_call: Mapped[str] = mapped_column(String(200))
    help_crisis_text: Mapped[str] = mapped_column(String(200))
    help_crisis_chat: Mapped[str] = mapped_column(String(200))
    help_treatment: Mapped[str] = mapped_column(String(200))
    help_treatment_name: Mapped[str] = mapped_column(String(200))
    help_violence: Mapped[str] = mapped_column(String(200))
    help_clinic: Mapped[str] = mapped_column(String(200))
    help_clinic_hours: Mapped[str] = mapped_column(String(200))

    __mapper_args__: dict[str, Any] = {
        "version_id_col": version,
        "version_id_generator": False,
    }

    @property
    def in_consents(self) -> str:
        """Who gives out what is signed for: the clinic's name and address."""
        return ", ".join(filter(None, (self.clinic_name, self.clinic_address)))

    @property
    def help_lines(self) -> HelpLines:
        """The numbers on Help now."""
        names = HelpLines.__dataclass_fields__
        return HelpLines(**{name: getattr(self, f"help_{name}") for name in names})
