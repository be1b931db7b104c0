"""What somebody took along, opened."""

import io
import json
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from werkzeug.test import TestResponse

from tests.conftest import PASSWORD
from tests.pages import Phone

ADDRESS = "/you/everything"
PAGE, DATA, FHIR = "everything.html", "everything.json", "questionnaires.fhir.json"


@dataclass(frozen=True)
class Taken:
    """The three files of the zip."""

    page: str
    data: dict[str, Any]
    bundle: dict[str, Any]


def asked_for(phone: Phone, password: str = PASSWORD) -> TestResponse:
    """The answer to somebody who asks for everything."""
    sent = {"csrf_token": phone.token(), "own_password": password}
    return phone.client.post(ADDRESS, data=sent, base_url=phone.base_url)


def taken(phone: Phone) -> Taken:
    """Everything, unpacked."""
    answer = asked_for(phone)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    with ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(files) == [PAGE, DATA, FHIR]
    return Taken(files[PAGE], json.loads(files[DATA]), json.loads(files[FHIR]))
