"""The web server as a child of another command."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qiao.config.cli import environment, supervise
from qiao.config.cli.failure import CommandError

_READY_SECONDS = 90.0
_LOG_LINES = 15


def child(name: str, *words: str) -> supervise.Child:
    """Return a command of ours as a child that is not yet started; its log is `log/<name>.log`."""
    command = [sys.executable, "-m", "qiao.config.cli", *words]
    return supervise.Child(name, command, environment.home() / "log" / f"{name}.log")


def wait_until_ready(address: str, children: list[supervise.Child]) -> None:
    """Wait until `/healthz` answers 200.

    Raises:
        CommandError: it does not within a minute and a half; the text ends with its last words.
    """
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        for each in children:
            each.look()
        if _healthy(address):
            return
        time.sleep(0.1)
    message = f"the web server does not answer; its last words:\n{_tail(children[0].log)}"
    raise CommandError(message)


@contextmanager
def serving(port: int) -> Iterator[str]:
    """Keep a web server up for a block; give its address."""
    address = f"http://localhost:{port}"
    web = child("web", "serve", f"--port={port}")
    web.start()
    try:
        wait_until_ready(address, [web])
        yield address
    finally:
        supervise.stop_all([web])


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
