"""What a phone on a slow network has to fetch."""

import errno
import gzip
import multiprocessing
import re
from pathlib import Path

import brotli
import pytest

from tests.conftest import root
from webapp.core.web import static
from webapp.core.web.static import build, digest_of, minify

SCRIPTS = [*sorted((root() / "static").rglob("*.js")), root() / "templates/pwa/sw.js"]
_INSIDE = r"\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}"  # of a template; one more may be inside of that
_PATTERN = (
    r"(?:(?<=[(,=:\[!&|?{};\s])|(?<=return)|(?<==>))/(?![*/ ])(?:[^/\\\n]|\\.)+/"  # no division
)
TEXTS = re.compile(rf'("(?:[^"\\\n]|\\.)*"|`(?:[^`$]|\$(?!\{{)|{_INSIDE})*`|{_PATTERN})')


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A few files, as they are written."""
    folder = tmp_path / "source"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "a.css").write_text("/* Why. */\n.a {\n  color: red;\n}\n")
    (folder / "a.js").write_text("// Why.\nconst a = (b) => `${b} c`;\n" * 20)
    (folder / "a.png").write_bytes(b"\x89PNG")
    return folder


def test_comments_and_room_stay_here():
    script = '// Why.\nif (a) {\n  // Because.\n  go("// said"); // not this one\n\n}\n'
    assert minify(script, ".js") == 'if(a){go("// said");}'
    assert minify("/* Why. */\n  .a { b: c }\n  /* x */ .d { e: f }\n", ".css") == ".a{b:c}.d{e:f}"
    assert minify('{ "a": 1 }', ".json") == '{ "a": 1 }'


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_every_text_of_every_script_is_served_as_it_was_written(file: Path):
    """Strings, templates and patterns; and between them nothing goes but room and comments."""
    source = re.sub(r"^ *//.*\n| // .*$", "", file.read_text(), flags=re.MULTILINE)
    served = minify(file.read_text(), ".js")
    assert TEXTS.findall(served) == TEXTS.findall(source)
    assert re.sub(r"\s", "", served) == re.sub(r"\s", "", source)


@pytest.mark.parametrize(
    "file", sorted((root() / "static").rglob("*.css")), ids=lambda path: path.name
)
def test_no_selector_has_room_before_a_colon(file: Path):
    """In a layer rcssmin takes it for a declaration's, and .a :is(b) would become .a:is(b)."""
    style = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
    assert re.findall(r'[])\w"*] +:.*', style) == []
    assert minify("@layer x { .a *:is(b) { c: d } }", ".css") == "@layer x{.a *:is(b){c:d}}"


@pytest.mark.parametrize("suffix", ["gz", "br"])
def test_each_file_has_a_small_twin(source: Path, tmp_path: Path, suffix: str):
    folder = build(source, tmp_path / "built", digest_of(source))
    opened = {"gz": gzip.decompress, "br": brotli.decompress}[suffix]
    for name in ("css/a.css", "a.js"):
        assert opened((folder / f"{name}.{suffix}").read_bytes()) == (folder / name).read_bytes()
    assert not (folder / f"a.png.{suffix}").exists()


def test_one_file_has_what_every_page_needs_in_its_order(tmp_path: Path):
    source = root() / "static"
    folder = build(source, tmp_path / "built", digest_of(source))
    for whole, parts in static.JOINED.items():
        joined = (folder / whole).read_text()
        suffix = Path(whole).suffix
        found = [joined.index(minify((source / part).read_text(), suffix)) for part in parts]
        assert found == sorted(found)
        assert (folder / f"{whole}.br").exists()


def test_the_address_changes_with_a_file_and_with_what_builds_it(source: Path, monkeypatch):
    digests = {digest_of(source)}
    (source / "a.js").write_text("go()")
    digests.add(digest_of(source))
    for library in (static.rjsmin, static.rcssmin, static.brotli):
        monkeypatch.setattr(library, "__version__", "99.0")
        digests.add(digest_of(source))
    other = source.parent / "static.py"
    other.write_text("# Builds in another way.")
    monkeypatch.setattr(static, "__file__", str(other))
    digests.add(digest_of(source))
    assert len(digests) == 6


def test_a_worker_that_was_killed_while_building_leaves_nothing_half(
    source: Path, tmp_path: Path, monkeypatch
):
    built = tmp_path / "built"

    def killed(_content: bytes) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(static.brotli, "compress", killed)
        with pytest.raises(KeyboardInterrupt):
            build(source, built, "0123")
    assert not (built / "0123").exists()
    (next(built.glob("making-*")) / "of-that-one.js").write_text("half")
    folder = build(source, built, "0123")
    assert names(built) == names(folder, "0123/")
    assert "of-that-one.js" not in names(folder)


def test_on_a_full_disk_one_reason_is_said_and_not_one_for_each_file(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_from: object, to: object, **_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(to))

    monkeypatch.setattr(static.shutil, "copyfile", full)
    with pytest.raises(OSError, match=r"^.Errno 28. No space left on device: '[^']*'$"):
        build(source, tmp_path / "built", "0123")


def test_workers_that_start_at_once_build_once(source: Path, tmp_path: Path):
    built = tmp_path / "built"
    with multiprocessing.get_context("fork").Pool(4) as pool:
        made = pool.starmap(inode, [(source, built)] * 8, chunksize=1)
    assert len(set(made)) == 1
    assert names(built) == names(built / "0123", "0123/")


def inode(source: Path, built: Path) -> int:
    """Of a file that was built, as another worker finds it."""
    return (build(source, built, "0123") / "a.js.br").stat().st_ino


def names(folder: Path, before: str = "") -> list[str]:
    """Of every file below."""
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return sorted(f"{before}{name}" for name in found)
