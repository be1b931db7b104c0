"""How gunicorn runs the app: it reads this by itself, under `serve` and under systemd alike."""

import os
import sys
from traceback import extract_tb
from typing import Any

from gunicorn.glogging import Logger

workers = 2
# Its heartbeat file on a disk can stall a worker for as long as the disk does.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"  # noqa: S108
control_socket_disable = True
# No client says where the app is mounted: with SCRIPT_NAME it could, through any proxy.
forwarder_headers = ""


class Wordless(Logger):
    """Says that something went wrong, and where in the code; never the address, which may be a
    slip's or a code's."""

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if not str(msg).startswith("Error handling request"):
            super().exception(msg, *args, **kwargs)
            return
        kind, _error, trace = sys.exc_info()
        places = [f"{one.filename.rsplit('/', 2)[-1]}:{one.lineno}" for one in extract_tb(trace)]
        super().error(
            "a request ended by %s at %s", kind and kind.__name__, " > ".join(places[-8:])
        )

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Invalid request from"):
            msg, args = "a request that isn't HTTP", ()
        super().warning(msg, *args, **kwargs)


logger_class = Wordless
