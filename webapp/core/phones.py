"""The one number that somebody typed into a field for a phone, as a phone can dial it.

Whoever taps *Call* may do so once, in a bad hour: a button that reaches a stranger is worse than
none. So a number is read only where it is sure, by the North American plan, which emergency lines
and short codes stand beside, or by a + or 0 in front; otherwise there is no button, and the text
stays as it was typed.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate

MOST = 120  # characters: whoever wrote more wrote no number

_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
# An address, or a code that changes what a call does.
_NO_NUMBER = re.compile(r"[@*=_\\]|//|[a-z]/", re.IGNORECASE)
# What is dialed once somebody, or a machine, has answered.
_AFTER = re.compile(
    r"""(?:,,+|[,;](?=\d+\#))[\d*\#,]*                                # as phones write a pause
      | (?:\#|\b(?:ext(?:ension|n)?|x|press|option|opt|then))[.:\s\#]*\d{1,6}(?!\d)
      | (?<=\d)(?:ext|x)[.\s]*\d{1,6}(?!\d)
      | \b(?:room|rm|suite|ste|apt|unit|ward|floor|box)\b[.:\s\#]*\d{1,4}(?![\s().-]*\d)
      | \b(?:pin|id|(?:access|pass)?\s?code)\b[.:\s]*\d[\d\s-]*\#?""",
    re.IGNORECASE | re.VERBOSE,
)
_HOME_ONLY = re.compile(r"(\+[\d\s]*)\(0\)")  # +44 (0)20 …
_PIECES = re.compile(r"\+|\d+|[A-Z]+|[ ().-]+|.", re.IGNORECASE | re.DOTALL)
_GAP = set(" ().-")
_HOURS = ("am", "pm", "h")  # 6pm
_SERVICE = re.compile(r"[2-9]11|988")  # of the North American plan; no area begins like these
# Alone in its field, a number may be an emergency line elsewhere or a short code.
_SHORT = re.compile(r"[01]\d\d|999|[1-9]\d{3,5}")
# Where spaces and hyphens may stand in a number of so many digits: elsewhere they part two numbers.
_GAPS = {7: {3, 5, 6}, 10: {3, 6, 8}, 11: {1, 4, 7, 9}}


@dataclass
class _Run:
    """Digits, and letters that stand for digits, with nothing between them but gaps."""

    abroad: bool = False
    groups: list[str] = field(default_factory=list)
    spelled: str = ""  # its letters, as digits

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    def number(self, is_alone: bool) -> str:
        """As it is dialed, or nothing where that isn't sure."""
        digits = self.digits
        gaps = set(accumulate(map(len, self.groups[:-1])))
        if self.abroad:
            return "+" + digits if _is_abroad(digits) else ""
        if digits.startswith("00") and _is_abroad(digits[2:]):
            return "+" + digits[2:]
        domestic = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
        if len(domestic) in (7, 10) and domestic[0] in "23456789":
            in_place = bool(self.spelled) or gaps <= _GAPS[len(digits)]
            sure = in_place and not _SERVICE.match(domestic)
        elif digits.startswith("0"):
            sure = 6 <= len(digits) <= 12 or (digits.startswith("011") and _is_abroad(digits[3:]))
        else:
            sure = False
        if _SERVICE.fullmatch(digits):
            sure = not gaps
        elif is_alone and _SHORT.fullmatch(digits):
            sure = not any(_SERVICE.fullmatch(group) for group in self.groups)
        return digits if sure else ""


def dial(typed: str | None) -> str:
    """The number to dial, digits with a + where one was meant; empty if there is none for sure."""
    said = _AFTER.sub("|", _HOME_ONLY.sub(r"\1", _plain((typed or "")[: MOST + 1])))
    runs = None if len(typed or "") > MOST or _NO_NUMBER.search(said) else _runs(said)
    if runs is None:
        return ""
    is_alone = len(runs) == 1 and not any(character.isalpha() for character in said)
    # Up to two digits are an hour or a floor.
    numbers = {run.number(is_alone) for run in runs if len(run.digits) > 2}
    return numbers.pop() if len(numbers) == 1 else ""


def _plain(typed: str) -> str:
    """Every digit as 0 to 9, every dash as a hyphen, and nothing that can't be seen."""
    return "".join(map(_seen, unicodedata.normalize("NFKC", typed))).strip()


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "-" if category == "Pd" or character == "−" else " " if category == "Zs" else character


def _runs(said: str) -> list[_Run] | None:
    """The runs in a text; none at all where letters touch digits, so that one can't tell."""
    found, run, before = list[_Run](), None, " "
    for piece in _PIECES.findall(said):
        if piece.isdecimal() or piece == "+":
            if before.isalpha():
                return None
            if run is None or piece == "+":
                run = _Run(abroad=piece == "+")
                found.append(run)
            if piece.isdecimal() and not (run.spelled and run.spelled.endswith(piece)):
                run.groups.append(piece)
        elif piece.isalpha():
            if before.isdecimal() and piece.lower() not in _HOURS:
                return None
            run = run if run and _goes_on(run, piece, before) else None
            if run:
                run.groups.append(piece.upper().translate(_KEYS))
                run.spelled += run.groups[-1]
        elif not set(piece) <= _GAP:
            run = None
        before = piece
    return found


def _goes_on(run: _Run, letters: str, gap: str) -> bool:
    """1-800-273-TALK, and not 555-0142 CELL: letters belong to a number that lacks them."""
    asks = letters.isascii() and set(gap) <= _GAP and (letters.isupper() or gap in ("-", "."))
    return asks and not run.number(is_alone=False)


def _is_abroad(digits: str) -> bool:
    """With its country in front, by E.164; North America's is always as long."""
    if digits.startswith("1"):
        return len(digits) == 11
    return not digits.startswith("0") and 8 <= len(digits) <= 15
