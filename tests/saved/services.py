"""A clinic's machine: web workers with their arbiter, and the sender, as processes of their own."""

import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import root
from tests.deploy.proxies import until_it_answers
from webapp import create_app
from webapp.config import Settings


@dataclass
class Services:
    """What a clinic's machine runs, and starts again when it ends."""

    settings: Settings
    port: int
    log: Path
    web: "subprocess.Popen[bytes] | None" = None
    sender: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """What isn't there, with the files for phones that this test process has made already."""
        if not (static := self.settings.data / "static").exists():
            made = Path(create_app(self.settings).config["STATIC_FOLDER"])
            shutil.copytree(made, static / made.name)
        if self.web is None or self.web.poll() is not None:
            self.web = self._started("gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}")
            until_it_answers(self.port, self.web)  # type: ignore[arg-type]
        if self.sender is None or self.sender.poll() is not None:
            self.sender = self._started("flask", "--app", "wsgi", "deliver-reminders")

    def _started(self, *words: str) -> "subprocess.Popen[bytes]":
        environ = {
            "GROUNDWORK_DATA": str(self.settings.data),
            "GROUNDWORK_DATABASE_URL": self.settings.database_url,
            "GROUNDWORK_PLAIN_HTTP": "1",
            "GROUNDWORK_PUSH_CONTACT": "push@clinic.example.org",
            "PYTHONDONTWRITEBYTECODE": "",  # what starts again and again is compiled once
        }
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *words], cwd=root(), env=os.environ | environ,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, which: str) -> None:
        """As when the machine runs out of memory. Of a service whose first process is gone
        systemd ends the others as well."""
        assert self.web
        assert self.sender
        if which == "worker":
            if workers := self.workers():
                os.kill(random.choice(workers), signal.SIGKILL)
            return
        service = self.web if which == "web" else self.sender
        os.killpg(service.pid, signal.SIGKILL)
        service.wait()
        self.start()

    def workers(self) -> list[int]:
        assert self.web
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def end(self) -> None:
        for service in (self.web, self.sender):
            if service is not None and service.poll() is None:
                os.killpg(service.pid, signal.SIGKILL)
                service.wait()
