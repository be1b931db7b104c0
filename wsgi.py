"""Start here: the app for gunicorn (`wsgi:app`) and the commands (`flask --app wsgi …`)."""

import gc

from webapp import cli, create_app

app = create_app()
cli.init_app(app)

# What was made so far stays until the process ends: the collector need not look through it again
# and again, nor after each few hundred objects that a page makes and lets go of by itself.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
