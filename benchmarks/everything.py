"""How long a long journal takes to be taken along, and what that adds in memory.

python -m benchmarks everything
"""

import io
import tempfile
import time
import tracemalloc
from pathlib import Path
from zipfile import ZipFile

from flask.testing import FlaskClient

from benchmarks.patterns import MANY, phone_of, somebody_with
from benchmarks.report import Result
from webapp import create_app
from webapp.cli import migrate
from webapp.config import Settings

ADDRESS = "/you/everything"
FEW = 500  # some pages of rows
MIB = 1024 * 1024


def run() -> list[Result]:
    """Everything of somebody with a long journal, piece by piece as it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = create_app(Settings(data=data, database_url=f"sqlite:///{data / 'bench.db'}",
                                  plain_http=True, hash_memory=8, hash_passes=1))  # fmt: skip
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            migrate()
            people = {count: somebody_with(count) for count in (1, FEW, MANY, MANY + 1)}
        phones = {count: phone_of(app, token) for count, token in people.items()}
        _taken(phones[1])  # loads whatever a first one loads
        start = time.process_time()
        content = _taken(phones[MANY])
        took = time.process_time() - start
        tracemalloc.start()
        few, many = _peak(phones[FEW]), _peak(phones[MANY + 1])
        tracemalloc.stop()
    sizes = ", ".join(
        f"{file.filename} {file.file_size / MIB:.1f} MiB"
        for file in ZipFile(io.BytesIO(content)).infolist()
    )
    size = f"{len(content) / MIB:.1f} MiB sent; {sizes}"
    return [
        Result("everything", f"Everything, with {MANY:,} entries, takes", took, 5, size, unit="s"),
        Result("memory", f"Memory at its peak, beside {FEW} entries", many / few, 1.5),
    ]


def _peak(phone: FlaskClient) -> int:
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    _taken(phone)
    return tracemalloc.get_traced_memory()[1] - before


def _taken(phone: FlaskClient) -> bytes:
    answer = phone.post(ADDRESS, buffered=False)
    if answer.status_code != 200:
        raise RuntimeError(f"{ADDRESS} answered {answer.status_code}")
    return b"".join(answer.iter_encoded())
