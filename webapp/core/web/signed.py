"""What a page hands out and gets back signed: the cookie of a sign-in, and the tokens of forms.

The library's own (read at itsdangerous 2.2.0), and what it signed opens as before. It derives its
key for each text, tries whether compressing makes it shorter, and wraps each value in a tag that
says its type: for cookies of two random tokens and a few numbers that was 7 % of opening a page.
"""

import json
from typing import Any

from flask.sessions import session_json_serializer
from itsdangerous import SignatureExpired, Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode, want_bytes

_SHORT = 1_000  # characters
_TAG = '{" '  # how a value begins that the tagged form wraps


class _Signer(TimestampSigner):
    """Derives its key once. And a clock that was set back makes nobody's cookie a forgery: one from
    later than now is as good as one from now. When a sign-in is over stands in the database."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        derive = super().derive_key
        self._derived = {secret: derive(secret) for secret in self.secret_keys}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived[self.secret_key if secret_key is None else want_bytes(secret_key)]

    def unsign(self, signed_value: Any, max_age: Any = None, return_timestamp: Any = False) -> Any:
        said, at = super().unsign(signed_value, None, return_timestamp=True)
        if max_age is not None and self.get_timestamp() - at.timestamp() > max_age:
            raise SignatureExpired("too old", payload=said, date_signed=at)
        return (said, at) if return_timestamp else said


class Signed(URLSafeTimedSerializer):
    """Signs with one key, which is made ready when this is."""

    default_signer = _Signer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._one = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._one if salt in (None, self.salt) else super().make_signer(salt)

    def dump_payload(self, obj: Any) -> bytes:
        text = self.serializer.dumps(obj, **self.serializer_kwargs)
        # Messages that nobody has looked at yet pile up, and a browser drops a cookie of over 4 KB.
        return super().dump_payload(obj) if len(text) > _SHORT else base64_encode(text)


class Plain:
    """The JSON of a cookie. What needs a tag, as a message with its category does, gets one."""

    dumps = staticmethod(json.JSONEncoder(separators=(",", ":")).encode)

    @staticmethod
    def loads(text: str | bytes) -> Any:
        said = text.decode() if isinstance(text, bytes) else text
        return session_json_serializer.loads(said) if _TAG in said else json.loads(said)
