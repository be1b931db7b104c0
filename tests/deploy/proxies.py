"""nginx and Caddy with our own files, on ports and in folders of a test."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import root

DEPLOY = root() / "deploy"
WARNINGS = "warnings.txt"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian keeps nginx
CONNECTIONS = 2 * 768  # as many as Debian's nginx has on two cores
PROXIES = {name: shutil.which(name, path=PATH) for name in ("nginx", "caddy")}


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs, the certificate to trust, and where it writes."""

    port: int
    certificate: Path
    folder: Path
    address: str

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def connected(self) -> ssl.SSLSocket:
        """A line on which a client of any kind may do what it likes."""
        line = socket.create_connection(("127.0.0.1", self.port), 60)
        return self.trust.wrap_socket(line, server_hostname="localhost")


@contextmanager
def running(command: list[str], **how: object) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(command, stderr=subprocess.STDOUT, text=True, **how)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def until_it_answers(port: int, server: "subprocess.Popen[str]") -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)  # another process starts; nothing here tells when
    raise AssertionError(f"nothing answers on port {port}")


@contextmanager
def proxied(name: str, app_port: int, folder: Path, *, port: int = 0) -> Iterator[Proxy]:
    """The proxy of this name in front of the app, as it stands in `deploy/`."""
    with _running(name, [app_port], folder, port) as proxy:
        yield proxy


@contextmanager
def in_front_of(app_ports: list[int], folder: Path, port: int) -> Iterator[Proxy]:
    """nginx in front of several machines."""
    with _running("nginx", app_ports, folder, port) as proxy:
        yield proxy


@contextmanager
def _running(name: str, app_ports: list[int], folder: Path, port: int) -> Iterator[Proxy]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    port = port or free_port()
    proxy = Proxy(port, certificate, folder, f"https://localhost:{port}")
    command, environ = COMMANDS[name](proxy, key, app_ports)
    with (
        (folder / "proxy.log").open("w") as log,
        running(command, stdout=log, env=os.environ | environ) as process,
    ):
        until_it_answers(proxy.port, process)
        yield proxy


def _changed(text: str, **pairs: str) -> str:
    for former, here in pairs.items():
        assert former in text
        text = text.replace(former, here)
    return text


def _nginx(proxy: Proxy, key: Path, app_ports: list[int]) -> tuple[list[str], dict[str, str]]:
    folder, log, warnings = proxy.folder, proxy.folder / "nginx.log", proxy.folder / WARNINGS
    ours = _changed(
        (DEPLOY / "nginx.conf").read_text(),
        **{
            "listen 443": f"listen 127.0.0.1:{proxy.port}",
            "listen [::]:443": f"listen [::1]:{proxy.port}",
            "listen 80": f"listen 127.0.0.1:{free_port()}",
            "    listen [::]:80;\n": "",
            "server 127.0.0.1:8000 fail_timeout=1s;": "".join(
                f"server 127.0.0.1:{one} fail_timeout=1s;" for one in app_ports
            ),
            "/etc/letsencrypt/live/groundwork.example/fullchain.pem": str(proxy.certificate),
            "/etc/letsencrypt/live/groundwork.example/privkey.pem": str(key),
            # Beside our log, one that also says what is put on the disk.
            "/var/log/nginx/groundwork.log crit;": f"{log} crit; error_log {warnings} warn;",
            "/opt/groundwork": str(root()),
        },
    )
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        ours = re.sub(r"\n *listen \[::1\].*", "", ours)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/all.log;"
        f"events {{ worker_connections {CONNECTIONS}; }} http {{ {temporary} {ours} }}"
    )
    return [str(PROXIES["nginx"]), "-p", str(folder), "-c", str(folder / "nginx.conf")], {}


def _caddy(proxy: Proxy, key: Path, app_ports: list[int]) -> tuple[list[str], dict[str, str]]:
    ours = _changed(
        (DEPLOY / "Caddyfile").read_text(),
        **{
            "{\n\t# An": "{\n\tadmin off\n\tauto_https disable_redirects\n\t# An",
            "\t# As much as the app": f"\ttls {proxy.certificate} {key}\n\t# As much as the app",
            "/opt/groundwork": str(root()),
        },
    )
    file = proxy.folder / "Caddyfile"
    file.write_text(ours)
    version = subprocess.run(["caddy", "version"], check=True, capture_output=True, text=True)
    is_old = re.match(r"v?2\.[0-6]\.", version.stdout) is not None
    environ = {
        "SITE": proxy.address,
        "APP": " ".join(f"127.0.0.1:{one}" for one in app_ports),
        "CADDY": "2.6" if is_old else "2.8",
        "XDG_DATA_HOME": str(proxy.folder),
        "XDG_CONFIG_HOME": str(proxy.folder),
    }
    return ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"], environ


COMMANDS = {"nginx": _nginx, "caddy": _caddy}
