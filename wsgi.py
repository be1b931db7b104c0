"""Start here: the app for gunicorn (`wsgi:app`) and the commands (`flask --app wsgi …`)."""

from webapp import cli, create_app

app = create_app()
cli.init_app(app)
