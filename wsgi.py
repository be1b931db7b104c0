"""Start here: the app for gunicorn (`wsgi:app`) and for `flask --app wsgi …`."""

import gc
import sys

import click

from webapp import check_start, create_app
from webapp.config import BadSetting
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.starting import NotStarting

try:
    app = create_app()
    if click.get_current_context(silent=True) is None:
        check_start(app)
    else:  # a command looks for itself: it may mend
        # What commands alone need (sending, backups, the demo) is a fifth of a server's memory.
        from webapp import cli

        cli.init_app(app)
except (BadSetting, BadKeyFile, NotStarting, OSError) as trouble:
    print(f"Groundwork can’t start. {trouble}", file=sys.stderr)
    sys.exit(3)  # by which gunicorn knows that starting this worker again is of no use

# What was made so far stays until the process ends: the collector need not look through it again
# and again, nor after each few hundred objects that a page makes and lets go of by itself.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
