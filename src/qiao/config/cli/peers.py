"""Find the broker on the other side of some tests (mosquitto); install it on Debian."""

import os
import shutil
import sys
from pathlib import Path

from qiao.config.cli import browser

_NAME = "mosquitto"
_SYSTEM = Path("/usr/sbin")  # not looked at for everybody


def find_broker() -> str | None:
    """Return the path of a mosquitto: `QIAO_MOSQUITTO`, or the machine's."""
    chosen = os.environ.get("QIAO_MOSQUITTO")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    beside = _SYSTEM / _NAME
    return shutil.which(_NAME) or (str(beside) if beside.is_file() else None)


def ensure() -> None:
    """Install it when it is missing and we may (root on Debian); set `QIAO_MOSQUITTO`; never
    fail."""
    if find_broker() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {_NAME} for the tests with a broker", file=sys.stderr)
        browser.install([_NAME])
    path = find_broker()
    if path:
        os.environ["QIAO_MOSQUITTO"] = path
    else:
        line = f"apt-get install {_NAME}"
        print(f"Tests with a broker will be skipped; as root on Debian, type: {line}",
              file=sys.stderr)  # fmt: skip
