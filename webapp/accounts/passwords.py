"""Passwords: one that a person can remember and nobody guesses.

Fifteen characters alone are asked for, as NIST SP 800-63B-4 does where there is no second
factor; no rules about kinds of characters, paste allowed, four words offered.
"""

import secrets
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

from webapp.core.folding import folded, same_letters
from webapp.core.wording import gettext as _

SHORTEST, LONGEST = 15, 256
# Long enough, and still among the first that anybody would try.
COMMON = (
    "password", "passwort", "qwerty", "qwertz", "azerty", "asdfgh", "zxcvbn", "abcdef", "iloveyou",
    "letmein", "welcome", "admin", "groundwork", "recovery", "sobriety", "onedayatatime",
    "1q2w3e4r", "monkey", "dragon", "football", "baseball", "sunshine", "princess", "secret",
)  # fmt: skip


def weakness(password: str, username: str = "", clinic: str = "") -> str | None:
    """The sentence that says why this password won't do, or None when it will."""
    if len(password) < SHORTEST:
        return _("Use at least 15 characters. Four words are easy to remember.")
    if len(password) > LONGEST:
        return _("Use at most 256 characters.")
    plain = _alnum(password)
    if is_run(plain) or len(set(plain)) < 6:
        return _("That password is too easy to guess. It repeats itself or follows a pattern.")
    rest = plain
    known = [_alnum(username[:LONGEST]), _alnum(clinic), *COMMON]
    for word in sorted((piece for piece in known if len(piece) > 3), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest.strip("0123456789")) < 5:
        return _("That password is too common. Choose another one.")
    return None


def four_words() -> str:
    """Four words by chance, of 1,024 (40 bits): easy to remember, slow to guess online."""
    return " ".join(secrets.choice(_word_list()) for _ in range(4))


def hash_password(password: str) -> str:
    """An Argon2id hash. Takes tens of milliseconds: never inside a write transaction."""
    return _hasher().hash(same_letters(password))


def is_right(password: str, hashed: str | None) -> bool:
    """Whether the password fits. Takes as long when there is no such person.

    As it was typed it is tried second: it may be older than the agreement on one encoding.
    """
    one_way = same_letters(password)
    return _fits(one_way, hashed) or (password != one_way and _fits(password, hashed))


def _fits(password: str, hashed: str | None) -> bool:
    try:
        return _hasher().verify(hashed or _dummy(), password) and hashed is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Whether the settings were raised since this was hashed."""
    return _hasher().check_needs_rehash(hashed)


def _hasher() -> PasswordHasher:
    config = current_app.config
    return _hasher_of(config["HASH_PASSES"], config["HASH_MEMORY"])


@cache
def _hasher_of(passes: int, memory: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)


def _dummy() -> str:
    return _dummy_of(current_app.config["HASH_PASSES"], current_app.config["HASH_MEMORY"])


@cache
def _dummy_of(passes: int, memory: int) -> str:
    return _hasher_of(passes, memory).hash(secrets.token_hex(16))


@cache
def _word_list() -> list[str]:
    return (Path(__file__).parent / "words.txt").read_text().split()


def _alnum(text: str) -> str:
    return "".join(character for character in folded(text) if character.isalnum())


def is_run(text: str) -> bool:
    """One piece over and over, or neighbours in the alphabet or on the number row."""
    doubled = (text + text).find(text, 1)
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return 0 < doubled < len(text) or steps <= {0, 1} or steps <= {0, -1}
