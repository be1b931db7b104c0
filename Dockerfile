# Groundwork in a container, on SQLite: compose.yaml runs it. It stays as it is (read-only); all that changes is in the
# volume /srv/groundwork. docs/operator.md says how far this was tried.
FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --user-group --shell /usr/sbin/nologin --home-dir /srv/groundwork groundwork \
    && install -d -m 700 -o groundwork -g groundwork /srv/groundwork
WORKDIR /opt/groundwork

# The exact versions first: they change seldom.
COPY requirements.lock requirements-postgres.lock requirements-dev.lock ./
COPY tools/venv.sh tools/
RUN tools/venv.sh run

COPY gunicorn.conf.py pyproject.toml wsgi.py ./
COPY migrations migrations
COPY static static
COPY templates templates
COPY webapp webapp
RUN .venv/bin/python -m compileall -q webapp wsgi.py

ENV PATH=/opt/groundwork/.venv/bin:$PATH GROUNDWORK_DATA=/srv/groundwork PYTHONUNBUFFERED=1
USER groundwork
VOLUME /srv/groundwork
EXPOSE 8000
CMD ["gunicorn", "wsgi:app", "--bind", "0.0.0.0:8000"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
