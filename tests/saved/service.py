"""Starts the services of machines whose clocks may be off: `python -m tests.saved.service`.

It has everything imported, so that a service is there in a moment. Each line on its input is one
to start: how many seconds its clock is ahead, its environment, its log, and what it is. It answers
with the process's id.
"""

import json
import os
import signal
import sys
import traceback
from datetime import datetime, timedelta

from webapp.core import clock

true, ahead = clock.now, timedelta()


def now() -> datetime:
    """What this machine takes it for."""
    return true() + ahead


clock.now = now  # before anything else is imported, and keeps it

import flask.cli  # noqa: E402
import gunicorn.app.wsgiapp  # noqa: E402

from webapp import cli, create_app  # noqa: E402
from webapp.config import Settings  # noqa: E402
from webapp.reminders import delivery  # noqa: E402


def main() -> None:
    """Until there is no more to start."""
    create_app(Settings.from_environment())  # what the first one makes, the others have
    assert cli
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if not child:
            _become(**told)
        print(child, flush=True)


def _become(seconds: float, environ: dict[str, str], log: str, words: list[str]) -> None:
    """As systemd would run it; a sender without the long rests between its looks."""
    global ahead
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(handle, stream)
    os.environ.update(environ)
    ahead, delivery.PAUSE, sys.argv = timedelta(seconds=seconds), 0.2, words
    ended = 1
    try:
        (gunicorn.app.wsgiapp.run if words[0] == "gunicorn" else flask.cli.main)()
    except SystemExit as end:
        ended = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(ended)  # what runs on behind this is the one that starts others


if __name__ == "__main__":
    main()
