"""Every kind of act there is, with its sentence for the administrator and for the patient.

A kind's value is stored and hashed, so it is never renamed. Pure.
"""

from enum import StrEnum
from typing import NamedTuple

from flask_babel.speaklater import LazyString

from webapp.core.wording import lazy_gettext as _l


class ActKind(StrEnum):
    """What was done."""

    OPENED = "opened"
    HEADS_UPS_OPENED = "heads_ups_opened"
    SHARED = "shared"
    SHARE_ENDED = "share_ended"
    SHARES_ENDED = "shares_ended"
    COURSE_STARTED = "course_started"
    COURSE_ENDED = "course_ended"
    CONSENT_SIGNED = "consent_signed"
    CONSENT_REVOKED = "consent_revoked"
    PERMISSION_SIGNED = "permission_signed"
    PERMISSION_CANCELED = "permission_canceled"
    DISCLOSED = "disclosed"
    CHART_COPIED = "chart_copied"
    REPLIED = "replied"
    REPLY_CHANGED = "reply_changed"
    REPLY_DELETED = "reply_deleted"
    HOMEWORK_GIVEN = "homework_given"
    HOMEWORK_TAKEN_BACK = "homework_taken_back"
    CALENDAR_MADE = "calendar_made"
    CALENDAR_ENDED = "calendar_ended"
    ATTENDANCE_EXPORTED = "attendance_exported"
    SHEET_MADE = "sheet_made"
    SHEET_STOPPED = "sheet_stopped"
    EVERYTHING_TAKEN = "everything_taken"
    ANSWERS_TAKEN = "answers_taken"

    ERASE_ASKED = "erase_asked"
    ERASE_CANCELED = "erase_canceled"
    ERASED = "erased"
    RECORDS_REMOVED = "records_removed"
    RECORDS_OPENED = "records_opened"
    HOLD_SET = "hold_set"
    HOLD_ENDED = "hold_ended"

    ACCOUNT_MADE = "account_made"
    SIGNED_IN = "signed_in"
    DEVICE_ENDED = "device_ended"
    DEVICES_ENDED = "devices_ended"
    DEVICE_TAKEN_OVER = "device_taken_over"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_RESET = "password_reset"  # noqa: S105
    RESET_CODE_MADE = "reset_code_made"
    APP_CODE_MADE = "app_code_made"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_ENDED = "second_factor_ended"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_ENDED = "passkey_ended"
    PASSKEY_USED = "passkey_used"
    PASSKEY_REFUSED = "passkey_refused"
    ACCOUNT_CLOSED = "account_closed"
    LOCK_SET = "lock_set"
    LOCK_ENDED = "lock_ended"
    LOCK_TRIES = "lock_tries"
    MADE_TO_WAIT = "made_to_wait"
    WRONG_TRIES = "wrong_tries"
    REFUSED = "refused"
    UNOPENED = "unopened"

    INVITED = "invited"
    INVITATION_CANCELED = "invitation_canceled"
    JOINED = "joined"
    ADDED = "added"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    SUPERVISOR_NAMED = "supervisor_named"
    SUPERVISOR_ENDED = "supervisor_ended"
    EARLIER_OPENED = "earlier_opened"
    EARLIER_CLOSED = "earlier_closed"
    ACCESS_REVIEWED = "access_reviewed"
    SAID_YES = "said_yes"
    DECLINED = "declined"
    REMOVED = "removed"
    DISCHARGED = "discharged"
    DISCHARGE_SAID = "discharge_said"
    DISCHARGE_RECORDED = "discharge_recorded"
    PUT_BACK = "put_back"
    STEPPED = "stepped"
    LABEL_SET = "label_set"
    ORIGIN_SET = "origin_set"
    LEVEL_CHANGED = "level_changed"
    DAYS_SET = "days_set"
    SESSIONS_AUTHORIZED = "sessions_authorized"
    ATTENDANCE_SAVED = "attendance_saved"
    GROUP_MADE = "group_made"
    GROUP_CHANGED = "group_changed"
    GROUP_ARCHIVED = "group_archived"
    GROUP_REOPENED = "group_reopened"
    SCHEDULE_CHANGED = "schedule_changed"
    SESSION_CHANGED = "session_changed"
    HOLIDAYS_CHANGED = "holidays_changed"
    MEETING_LISTS_CHANGED = "meeting_lists_changed"
    CHECK_INS_CHANGED = "check_ins_changed"
    QUESTIONNAIRE_IMPORTED = "questionnaire_imported"
    QUESTIONNAIRE_USED = "questionnaire_used"
    QUESTIONNAIRE_RETIRED = "questionnaire_retired"
    EXPECTATIONS_CHANGED = "expectations_changed"
    SETTINGS_CHANGED = "settings_changed"

    CALL_ASKED = "call_asked"
    CALL_TAKEN = "call_taken"
    CALL_CLOSED = "call_closed"

    KEYS_ROTATED = "keys_rotated"
    BACKUP_KEY_MADE = "backup_key_made"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    RESTORATION_SEEN = "restoration_seen"
    MOVED = "moved"


class Said(NamedTuple):
    """An act in words. `patient` is what its person reads on *Activity*; none where that page says
    it from elsewhere (who opened what: Readings), or it is about nobody's account."""

    staff: LazyString
    patient: LazyString | None = None


SAID: dict[ActKind, Said] = {
    ActKind.OPENED: Said(_l("Opened shared entries")),
    ActKind.HEADS_UPS_OPENED: Said(_l("Opened notes about coming late or not coming")),
    ActKind.SHARED: Said(_l("Shared an entry"), _l("You shared an entry.")),
    ActKind.SHARE_ENDED: Said(_l("Stopped sharing an entry"), _l("You stopped sharing an entry.")),
    ActKind.SHARES_ENDED: Said(
        _l("Stopped sharing everything"), _l("You stopped sharing everything.")
    ),
    ActKind.COURSE_STARTED: Said(
        _l("Started sharing numbers over time"), _l("You started sharing numbers over time.")
    ),
    ActKind.COURSE_ENDED: Said(
        _l("Stopped sharing numbers over time"), _l("You stopped sharing numbers over time.")
    ),
    ActKind.CONSENT_SIGNED: Said(_l("Signed a consent"), _l("You signed a consent.")),
    ActKind.CONSENT_REVOKED: Said(_l("Canceled a consent"), _l("You canceled a consent.")),
    ActKind.PERMISSION_SIGNED: Said(_l("Signed a permission"), _l("You signed a permission.")),
    ActKind.PERMISSION_CANCELED: Said(
        _l("Canceled a permission"), _l("You canceled a permission.")
    ),
    ActKind.DISCLOSED: Said(
        _l("Gave out information under a consent"),
        _l("%(who)s gave out information under a consent you signed."),
    ),
    ActKind.CHART_COPIED: Said(
        _l("Copied a note for the chart"), _l("%(who)s copied a note about you for the chart.")
    ),
    ActKind.REPLIED: Said(_l("Replied to an entry"), _l("%(who)s replied to an entry.")),
    ActKind.REPLY_CHANGED: Said(_l("Changed a reply"), _l("%(who)s changed a reply.")),
    ActKind.REPLY_DELETED: Said(_l("Deleted a reply"), _l("%(who)s deleted a reply.")),
    ActKind.HOMEWORK_GIVEN: Said(_l("Gave homework")),
    ActKind.HOMEWORK_TAKEN_BACK: Said(_l("Removed homework")),
    ActKind.CALENDAR_MADE: Said(
        _l("Made a calendar address"), _l("Your group times were added to a calendar.")
    ),
    ActKind.CALENDAR_ENDED: Said(
        _l("Ended a calendar address"), _l("Your group times were removed from your calendars.")
    ),
    ActKind.ATTENDANCE_EXPORTED: Said(_l("Downloaded a group’s attendance")),
    ActKind.SHEET_MADE: Said(_l("Made an attendance sheet"), _l("You made an attendance sheet.")),
    ActKind.SHEET_STOPPED: Said(
        _l("Stopped the code of an attendance sheet"),
        _l("You stopped the code of an attendance sheet."),
    ),
    ActKind.EVERYTHING_TAKEN: Said(
        _l("Downloaded their own data"), _l("You downloaded everything in your account.")
    ),
    ActKind.ANSWERS_TAKEN: Said(
        _l("Downloaded their own answers"), _l("You downloaded your answers to a questionnaire.")
    ),
    ActKind.ERASE_ASKED: Said(
        _l("Asked to erase the account"), _l("You asked to erase your account.")
    ),
    ActKind.ERASE_CANCELED: Said(
        _l("Kept the account after asking to erase it"),
        _l("You canceled erasing your account. Nothing was erased."),
    ),
    ActKind.ERASED: Said(_l("An account was erased")),
    ActKind.RECORDS_REMOVED: Said(_l("Records of an erased account were destroyed")),
    ActKind.RECORDS_OPENED: Said(_l("Opened the records of an erased account")),
    ActKind.HOLD_SET: Said(
        _l("Set a legal hold"),
        _l("%(who)s put a legal hold on your account. Nothing can be erased while it lasts."),
    ),
    ActKind.HOLD_ENDED: Said(
        _l("Ended a legal hold"), _l("%(who)s ended the legal hold on your account.")
    ),
    ActKind.ACCOUNT_MADE: Said(_l("Created an account"), _l("You created your account.")),
    ActKind.SIGNED_IN: Said(_l("Signed in"), _l("Signed in on a device: %(device)s.")),
    ActKind.DEVICE_ENDED: Said(
        _l("Signed out another device"), _l("One of your devices was signed out from another one.")
    ),
    ActKind.DEVICES_ENDED: Said(
        _l("Signed out all other devices"), _l("All your other devices were signed out.")
    ),
    ActKind.DEVICE_TAKEN_OVER: Said(
        _l("Was signed out because someone else signed in on the device"),
        _l("You were signed out because someone else signed in on that device."),
    ),
    ActKind.PASSWORD_CHANGED: Said(
        _l("Changed the password"),
        _l("Your password was changed, and your other devices were signed out."),
    ),
    ActKind.PASSWORD_RESET: Said(
        _l("Set a new password with a reset code"),
        _l("A new password was set with a reset code, and your devices were signed out."),
    ),
    ActKind.RESET_CODE_MADE: Said(
        _l("Made a reset code"), _l("%(who)s made a reset code for your account.")
    ),
    ActKind.APP_CODE_MADE: Said(_l("Made a sign-in code"), _l("A sign-in code was made.")),
    ActKind.SECOND_FACTOR_SET: Said(_l("Set up a second step")),
    ActKind.SECOND_FACTOR_ENDED: Said(_l("Ended a second step")),
    ActKind.RECOVERY_CODES_MADE: Said(_l("Made backup codes")),
    ActKind.RECOVERY_CODE_USED: Said(_l("Signed in with a backup code")),
    ActKind.PASSKEY_ADDED: Said(_l("Added a passkey"), _l("A passkey was added to your account.")),
    ActKind.PASSKEY_ENDED: Said(_l("Ended a passkey"), _l("One of your passkeys was ended.")),
    ActKind.PASSKEY_USED: Said(_l("Signed in with a passkey"), _l("You signed in with a passkey.")),
    ActKind.PASSKEY_REFUSED: Said(
        _l("Refused a passkey that may have been copied"),
        _l("A passkey was refused. It may have been copied. You can end it under My account."),
    ),
    ActKind.ACCOUNT_CLOSED: Said(_l("Closed a staff account")),
    ActKind.LOCK_SET: Said(
        _l("Set a lock on a phone"), _l("A lock was set or changed on one of your phones.")
    ),
    ActKind.LOCK_ENDED: Said(
        _l("Turned the lock off on a phone"),
        _l("The lock was turned off on one of your phones."),
    ),
    ActKind.LOCK_TRIES: Said(
        _l("Five wrong PINs on one phone; it asked for the password"),
        _l("Five wrong PINs were tried on one of your phones. It asked for your password."),
    ),
    ActKind.MADE_TO_WAIT: Said(
        _l("Too many wrong passwords for one account; the next try had to wait"),
        _l("Too many wrong passwords were tried for your account. The next try had to wait."),
    ),
    ActKind.WRONG_TRIES: Said(
        _l("Wrong passwords or codes within 15 minutes, by someone who isn’t signed in")
    ),
    ActKind.REFUSED: Said(_l("Asked for something this account can’t open")),
    ActKind.UNOPENED: Said(_l("Something stored couldn’t be opened")),
    ActKind.INVITED: Said(_l("Made an invitation")),
    ActKind.INVITATION_CANCELED: Said(_l("Canceled an invitation")),
    ActKind.JOINED: Said(_l("Was added to a group"), _l("You were added to a group.")),
    ActKind.HANDED_OVER: Said(
        _l("Asked a colleague to fill in for a group"), _l("%(who)s asked you to fill in.")
    ),
    ActKind.HANDED_BACK: Said(
        _l("Ended a colleague’s standing in"), _l("%(who)s ended your standing in.")
    ),
    ActKind.SUPERVISOR_NAMED: Said(
        _l("Named a clinical supervisor of a group"),
        _l("%(who)s named you clinical supervisor of a group."),
    ),
    ActKind.SUPERVISOR_ENDED: Said(
        _l("Ended a colleague’s clinical supervision of a group"),
        _l("%(who)s ended your clinical supervision of a group."),
    ),
    ActKind.EARLIER_OPENED: Said(
        _l("Let a clinical supervisor open what was shared before"),
        _l("You let a clinical supervisor open what you shared before."),
    ),
    ActKind.EARLIER_CLOSED: Said(
        _l("Kept what was shared before from a clinical supervisor"),
        _l("You kept what you shared before from a clinical supervisor."),
    ),
    ActKind.ACCESS_REVIEWED: Said(_l("Reviewed who can read what")),
    ActKind.ADDED: Said(_l("Added a patient to a group"), _l("%(who)s added you to a group.")),
    ActKind.SAID_YES: Said(_l("Said yes to a group"), _l("You said yes to a group.")),
    ActKind.DECLINED: Said(
        _l("Left a group after being added"), _l("You left a group that you were added to.")
    ),
    ActKind.REMOVED: Said(_l("Removed from a group"), _l("%(who)s removed you from a group.")),
    ActKind.DISCHARGED: Said(
        _l("Discharged from a group"), _l("%(who)s discharged you from a group.")
    ),
    ActKind.DISCHARGE_SAID: Said(
        _l("Filled in their part of a discharge"), _l("You filled in your part of a discharge.")
    ),
    ActKind.DISCHARGE_RECORDED: Said(
        _l("Recorded someone’s part of a discharge"),
        _l("%(who)s recorded someone’s part of your discharge."),
    ),
    ActKind.PUT_BACK: Said(_l("Put back in a group"), _l("%(who)s put you back in a group.")),
    ActKind.STEPPED: Said(_l("Moved to another group"), _l("%(who)s moved you to another group.")),
    ActKind.LABEL_SET: Said(
        _l("Changed a staff label"), _l("%(who)s changed the label that staff see by your name.")
    ),
    ActKind.ORIGIN_SET: Said(
        _l("Changed where someone came from"), _l("%(who)s changed where you came from.")
    ),
    ActKind.LEVEL_CHANGED: Said(
        _l("Changed the level of care"), _l("%(who)s changed how often you come.")
    ),
    ActKind.DAYS_SET: Said(
        _l("Changed scheduled days"), _l("%(who)s changed your scheduled days.")
    ),
    ActKind.SESSIONS_AUTHORIZED: Said(
        _l("Saved an authorization"), _l("%(who)s saved your authorized sessions.")
    ),
    ActKind.ATTENDANCE_SAVED: Said(_l("Saved the attendance of a session")),
    ActKind.GROUP_MADE: Said(_l("Created a group")),
    ActKind.GROUP_CHANGED: Said(_l("Changed a group’s details")),
    ActKind.GROUP_ARCHIVED: Said(_l("Archived a group")),
    ActKind.GROUP_REOPENED: Said(_l("Reopened a group")),
    ActKind.SCHEDULE_CHANGED: Said(_l("Changed a group’s schedule")),
    ActKind.SESSION_CHANGED: Said(_l("Changed a session")),
    ActKind.HOLIDAYS_CHANGED: Said(_l("Changed the holidays")),
    ActKind.MEETING_LISTS_CHANGED: Said(_l("Changed the lists of recovery meetings")),
    ActKind.CHECK_INS_CHANGED: Said(_l("Changed when check-ins are due")),
    ActKind.QUESTIONNAIRE_IMPORTED: Said(_l("Imported a questionnaire")),
    ActKind.QUESTIONNAIRE_USED: Said(_l("Put a questionnaire in use")),
    ActKind.QUESTIONNAIRE_RETIRED: Said(_l("Retired a questionnaire")),
    ActKind.EXPECTATIONS_CHANGED: Said(_l("Changed what to expect here")),
    ActKind.SETTINGS_CHANGED: Said(_l("Changed the clinic’s settings")),
    ActKind.CALL_ASKED: Said(_l("Asked for a call"), _l("You asked for a call.")),
    ActKind.CALL_TAKEN: Said(
        _l("Said they’ll call someone who asked"), _l("%(who)s said they’ll call you.")
    ),
    ActKind.CALL_CLOSED: Said(
        _l("Closed a request for a call; its number was deleted"),
        _l("A request for a call was closed, and the number was deleted."),
    ),
    ActKind.KEYS_ROTATED: Said(_l("Made new encryption keys")),
    ActKind.BACKUP_KEY_MADE: Said(_l("Made a new backup key")),
    ActKind.BACKED_UP: Said(_l("Made a backup")),
    ActKind.RESTORED: Said(_l("Restored the clinic from a backup")),
    ActKind.RESTORATION_SEEN: Said(_l("Looked at who may sign in after a restore")),
    ActKind.MOVED: Said(_l("Moved the clinic to another database")),
}
