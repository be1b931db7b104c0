"""Pages that are the same for everybody, made small for slow networks."""

import gzip
from functools import lru_cache

import brotli
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from webapp.core.web.first_visit import parts_of


def compressed(answer: ResponseReturnValue) -> Response:
    """The same for everybody and with nobody's words in it, so its size tells nothing."""
    response = current_app.make_response(answer)
    response.vary.add("Accept-Encoding")
    for coding in ("br", "gzip"):
        if request.accept_encodings.quality(coding) > 0:
            page = b"".join(part.plain for part in parts_of(response)) or response.get_data()
            response.set_data(_small(page, coding))
            response.content_encoding = coding
            break
    return response


@lru_cache(maxsize=64)
def _small(content: bytes, coding: str) -> bytes:
    """Once a process: the tightest Brotli takes 10 to 20 ms, and a browser asks for the worker
    again and again."""
    return brotli.compress(content) if coding == "br" else gzip.compress(content, mtime=0)
