"""Room is for whoever reads the source: the build takes it out again."""

import re
from collections.abc import Iterator

from tests.conftest import root

LONGEST = 120
WRITTEN = {".css", ".html", ".js"}
SHORT = 60  # so much may hold a rule of two declarations on one line


def lines(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Every line that we write for a browser, and where it stands."""
    files = [path for folder in ("static", "templates") for path in (root() / folder).rglob("*")]
    for file in sorted(path for path in files if path.suffix in suffixes):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            yield f"{file.relative_to(root())}:{number}", line


def test_no_line_is_longer_than_a_reader_sees() -> None:
    assert [where for where, line in lines(*WRITTEN) if len(line) > LONGEST] == []


def test_a_style_has_one_declaration_a_line_or_two_short_ones() -> None:
    styles = list(lines(".css"))
    assert len(styles) > 1_000
    several = [(where, line) for where, line in styles if re.search(r";\s*[\w-]+:", line)]
    assert [where for where, line in several if len(line) > SHORT or line.count(";") > 1] == []
