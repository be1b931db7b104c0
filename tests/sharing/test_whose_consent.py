"""A consent opens an entry to the group it was signed for, and to no other."""

import pytest

from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.entries.models import Entry
from webapp.program.models import Group
from webapp.sharing.actions import ConsentNeeded, share
from webapp.sharing.queries import consent_for


def test_a_consent_for_one_group_shares_nothing_with_another(
    app, ana, evening, morning, wrote, shared
):
    entry = wrote(ana)
    shared(ana, entry, evening)
    with app.app_context():
        consent = consent_for(db.session.get_one(Person, ana.id), evening.id)
        other = db.session.get_one(Group, morning.id)
        with pytest.raises(ConsentNeeded):
            share(db.session.get_one(Entry, entry), other, consent=consent)
