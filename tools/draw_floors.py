"""Draw the floors of the house into docs/architecture.md, from the contract and the imports.

The order is the contract's in pyproject.toml, which `make check` holds; what a room is for is
the first sentence of its docstring; whom it imports is read from its files.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
FIRST, LAST = "<!-- floors: python tools/draw_floors.py -->\n", "<!-- floors end -->"
EVERYWHERE = {"core", "config"}  # imported by nearly all, so not worth naming each time


def main() -> None:
    """Put the drawing between its two marks."""
    PAGE.write_text(redrawn(PAGE.read_text()))


def redrawn(page: str) -> str:
    """The page with its floors as they are now."""
    before, rest = page.split(FIRST)
    return before + FIRST + "\n" + drawing() + "\n" + LAST + rest.split(LAST)[1]


def drawing() -> str:
    """A table, the highest floor first."""
    lines = ["| Room | What it is for | Imports, besides core |", "| --- | --- | --- |"]
    for floor in floors():
        lines += [f"| **{room}** | {purpose(room)} | {imported(room)} |" for room in floor]
        lines.append("| | | |")
    return "\n".join(lines[:-1]) + "\n"


def floors() -> Iterator[list[str]]:
    """The rooms on each floor that exist, from above."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for layer in contracts["contracts"][0]["layers"]:
        rooms = [one.strip("() ") for one in layer.split("|")]
        if there := sorted(one for one in rooms if files(one)):
            yield there


def files(room: str) -> list[Path]:
    """The code of a room, which is a folder or one file; its docstring's first."""
    folder, file = ROOT / "webapp" / room, ROOT / "webapp" / f"{room}.py"
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [file] * file.exists()


def purpose(room: str) -> str:
    """The first sentence of its docstring."""
    said = ast.get_docstring(ast.parse(files(room)[0].read_text())) or ""
    return re.split(r"(?<=\.)\s|\n\n", said)[0].replace("\n", " ")


def imported(room: str) -> str:
    """The rooms that it imports, by name."""
    texts = "\n".join(file.read_text() for file in files(room))
    found = set(re.findall(r"^\s*(?:from|import) webapp\.(\w+)", texts, re.MULTILINE))
    for names in re.findall(r"^\s*from webapp import (.+)", texts, re.MULTILINE):
        found |= set(re.findall(r"\w+", names))
    return ", ".join(sorted(found - EVERYWHERE - {room})) or "–"


if __name__ == "__main__":
    main()
