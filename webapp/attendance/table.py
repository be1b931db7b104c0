"""A table for a spreadsheet. Pure: rows in, text out."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins with one of these can be run as a formula (CWE-1236); full-width twins too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def written(rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated, each cell quoted, no cell a formula; a mark so that Excel reads UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless("" if cell is None else str(cell)) for cell in row])
    return "\ufeff" + text.getvalue()


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe keeps a spreadsheet from reading a formula."""
    cell = cell.replace("\0", "")
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA) else cell
