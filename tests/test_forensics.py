"""The tool that looks for keys in a copied phone finds those that are there, and no others."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.forensics import STARTS, keys_that_open

KEY, NONCE = bytes(range(32)), bytes(12)


@pytest.mark.parametrize("lies", [KEY, base64.b64encode(KEY)], ids=["as it is", "as base64"])
@pytest.mark.parametrize("start", STARTS)
def test_a_key_that_lies_in_a_file_is_found(lies: bytes, start: bytes) -> None:
    rest = {b'[["': b'a", "b"]]', b'{"f': b'": 1}', b'{"a': b'": 1}'}[start]
    box = AESGCM(KEY).encrypt(NONCE, start + rest, None)
    assert KEY in keys_that_open([b"around " + lies + b" it"], [(NONCE, box)])


def test_what_fits_the_first_letters_by_chance_is_no_key() -> None:
    box = AESGCM(KEY).encrypt(NONCE, STARTS[0] + os.urandom(40), None)
    assert keys_that_open([KEY], [(NONCE, box)]) == []
