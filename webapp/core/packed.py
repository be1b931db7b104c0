"""Pages that are the same for everybody, made small for slow networks."""

import gzip

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue


def packed(answer: ResponseReturnValue) -> Response:
    """The same for everybody and with nobody's words in it, so its size tells nothing."""
    response = current_app.make_response(answer)
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), mtime=0))
        response.content_encoding = "gzip"
    return response
