"""Static files under one content-hash prefix: immutable, precompressed, with our headers.

All files share one hash, so modules import each other by relative address and a page never
mixes two releases. An address with a former hash gets today's file, not immutable.
"""

import gzip
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from wsgiref.headers import Headers

from flask import Blueprint, Flask, Response, current_app, send_from_directory
from whitenoise import WhiteNoise

from webapp.core.errors import NotFound
from webapp.core.routes import reads

FOREVER = "public, max-age=31536000, immutable"
COMPRESSED = {".css", ".js", ".svg", ".json", ".txt"}

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
    """One hash over every file's name and bytes."""
    hashed = hashlib.sha256()
    for file in sorted(one for one in source.rglob("*") if one.is_file()):
        hashed.update(str(file.relative_to(source)).encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()[:16]


def build(source: Path, built: Path, digest: str) -> Path:
    """Copy the files with compressed twins into a folder named by their hash; safe to race."""
    target = built / digest
    if target.exists():
        return target
    built.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=built))
    shutil.copytree(source, making / "files")
    for file in (making / "files").rglob("*"):
        if file.suffix in LEAN:
            file.write_text(LEAN[file.suffix](file.read_text()))
    for file in (making / "files").rglob("*"):
        if file.suffix in COMPRESSED:
            # No time stamp inside: the same bytes make the same file.
            packed = gzip.compress(file.read_bytes(), 9, mtime=0)
            Path(f"{file}.gz").write_bytes(packed)
    try:
        os.replace(making / "files", target)
    except OSError:  # another worker was faster
        assert target.exists()
    shutil.rmtree(making, ignore_errors=True)
    return target


def lean(text: str) -> str:
    """Comments and room are for whoever reads the source, not for a phone on a slow network."""
    text = re.sub(r"^ *(// .*|/\*[^*]*\*/)?\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^ +", "", text, flags=re.MULTILINE)


def lean_script(text: str) -> str:
    """Nor is a semicolon at a line's end, unless the next line would go on from this one; nor the
    room around signs, but in texts (strings, templates, patterns)."""
    parts = TEXTS.split(re.sub(r";\n(?![(\[`+/-])", "\n", lean(text)))
    parts[::2] = [SIGNS.sub(r"\1", code) for code in parts[::2]]
    return "".join(parts)


_INSIDE = r"\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}"  # of a template; one more may be inside of that
TEXTS = re.compile(
    rf'("(?:[^"\\\n]|\\.)*"|`(?:[^`$]|\$(?!\{{)|{_INSIDE})*`|/(?![*/ ])(?:[^/\\\n]|\\.)+/)'
)
SIGNS = re.compile(r" ?(=>|[=!]==|&&|\|\||\?\?|[={}(),:?;<>*]) ?")


LEAN = {".css": lean, ".js": lean_script}


def _anyone() -> None:
    """Static files are the same for everybody."""


@bp.get("/s/<_digest>/<path:path>")
@reads(_anyone)
def former(_digest: str, path: str) -> Response:
    """A file under another release's prefix: today's, so that an old page isn't left bare."""
    if path.endswith(".gz"):
        raise NotFound
    return send_from_directory(current_app.config["STATIC_FOLDER"], path, max_age=60)
