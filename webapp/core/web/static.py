"""Static files under one content-hash prefix: immutable, minified, precompressed, with our headers.

All files share one hash, so modules import each other by relative address and a page never
mixes two releases. An address with a former hash gets today's file, not immutable.
"""

import fcntl
import gzip
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.headers import Headers

import brotli
import rcssmin
import rjsmin
from flask import Blueprint, Flask, Response, current_app, send_from_directory
from whitenoise import WhiteNoise

from webapp.core.errors import NotFound
from webapp.core.web.routes import reads

FOREVER = "public, max-age=31536000, immutable"
COMPRESSED = {".css", ".js", ".svg", ".json", ".txt"}
# rjsmin knows no template literal inside of another one, and rcssmin takes the room in `.a :is(b)`
# for a declaration's: tests keep both out of our files.
MINIFIERS: dict[str, Callable[[str], str]] = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}
# What every page has, in one file: a browser opens six connections at once, and what comes after
# them waits for another round trip.
SHEET, SCRIPT = "css/every.css", "js/app.js"
JOINED = {
    SHEET: [f"css/{name}.css" for name in ("tokens", "base", "layout", "forms", "components")],
    SCRIPT: ["js/app.js", "js/room.js"],
}

bp = Blueprint("static_files", __name__)


def init_app(app: Flask, source: Path, built: Path) -> None:
    """Build today's files once and serve them before Flask is asked."""
    digest = digest_of(source)
    folder = build(source, built, digest)
    app.config["STATIC_DIGEST"], app.config["STATIC_FOLDER"] = digest, folder
    app.jinja_env.globals["static_url"] = lambda path: f"/s/{digest}/{path}"
    app.register_blueprint(bp)
    served = WhiteNoise(
        app.wsgi_app,
        allow_all_origins=False,
        add_headers_function=_keep_for_ever,
        mimetypes={"speculation-rules.json": "application/speculationrules+json"},
    )
    served.add_files(str(folder), prefix=f"s/{digest}/")
    app.wsgi_app = served  # type: ignore[method-assign]


def _keep_for_ever(headers: Headers, _path: str, _url: str) -> None:
    headers["Cache-Control"] = FOREVER


def digest_of(source: Path) -> str:
    """One hash over every file's name and bytes, and over what makes others of them: this file and
    its libraries. What a phone keeps for ever never changes under its address."""
    versions = (rjsmin.__version__, rcssmin.__version__, brotli.__version__)
    hashed = hashlib.sha256("\0".join(versions).encode() + Path(__file__).read_bytes())
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        hashed.update(str(file.relative_to(source)).encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()[:16]


def build(source: Path, built: Path, digest: str) -> Path:
    """A folder named by its hash: whole, or not there, however many workers start or are killed."""
    target = built / digest
    if not target.exists():
        built.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(built):
            if not target.exists():
                _make(source, Path(tempfile.mkdtemp(prefix="making-", dir=built)), target)
    return target


@contextmanager
def _one_at_a_time(built: Path) -> Iterator[None]:
    handle = os.open(f"{built}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make(source: Path, making: Path, target: Path) -> None:
    for left in making.parent.glob("making-*"):  # by who was killed in the middle
        if left != making:
            shutil.rmtree(left, ignore_errors=True)
    making.chmod(0o755)
    try:
        shutil.copytree(source, making, dirs_exist_ok=True)
    except shutil.Error as error:  # one for each file; the first one's reason is enough
        raise OSError(error.args[0][0][2]) from error
    join(making)
    for file in [path for path in making.rglob("*") if path.suffix in COMPRESSED]:
        content = minify(file.read_text(encoding="utf-8"), file.suffix).encode()
        file.write_bytes(content)
        # No time stamp inside: the same bytes make the same file.
        Path(f"{file}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        Path(f"{file}.br").write_bytes(brotli.compress(content))
    os.sync()  # or the power might go between a name that stays and its content
    making.rename(target)


def join(folder: Path) -> None:
    """One sheet and one script of those that every page has, in their order. The parts stay, for
    pages of a former release."""
    for whole, names in JOINED.items():
        parts = [folder / name for name in names if (folder / name).exists()]
        if parts:
            text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
            (folder / whole).write_text(text, encoding="utf-8")


def minify(text: str, suffix: str) -> str:
    """Comments and room are for whoever reads the source, not for a phone on a slow network."""
    return MINIFIERS.get(suffix, str)(text)


def _anyone() -> None:
    """Static files are the same for everybody."""


@bp.get("/s/<_digest>/<path:path>")
@reads(_anyone)
def former(_digest: str, path: str) -> Response:
    """A file under another release's prefix: today's, so that an old page isn't left bare."""
    if path.endswith((".gz", ".br")):
        raise NotFound
    return send_from_directory(current_app.config["STATIC_FOLDER"], path, max_age=60)
