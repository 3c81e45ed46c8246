"""Find a Chromium and Chinese fonts for the tests that drive a browser; install them on Debian."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# For pages of ours alone, in a machine without a screen.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The shell draws the same pages without a browser's window around them, for a fifth less.
_SHELL = "chromium-headless-shell"
_NAMES = (
    _SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
)  # fmt: skip
_PLAYWRIGHTS = (
    "chromium_headless_shell-*/chrome-*/*headless*shell",
    "chromium-*/chrome-linux*/chrome",
)
_INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
_SECONDS = 300


def find_chromium() -> str | None:
    """Return the path of a Chromium: `QIAO_CHROMIUM`, the machine's, or Playwright's own."""
    chosen = os.environ.get("QIAO_CHROMIUM")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    cache = Path.home() / ".cache" / "ms-playwright"
    each = [path for pattern in _PLAYWRIGHTS for path in sorted(cache.glob(pattern), reverse=True)]
    return str(each[0]) if each else None


def has_chinese_font() -> bool:
    """Tell whether the machine can draw Chinese."""
    if not shutil.which("fc-list"):
        return False
    answer = subprocess.run(
        ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False
    )
    return bool(answer.stdout.strip())


def missing_packages() -> list[str]:
    """Return the Debian packages that a browser test lacks here."""
    wanted = [] if find_chromium() else [_SHELL]
    return wanted if has_chinese_font() else [*wanted, "fontconfig", "fonts-noto-cjk"]


def ensure() -> None:
    """Install what is missing when we may (root on Debian); set `QIAO_CHROMIUM`; never fail."""
    missing = missing_packages()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' '.join(missing)} for the browser tests", file=sys.stderr)
        install(missing)
        missing = missing_packages()
    if missing:
        line = f"apt-get install {' '.join(missing)}"
        print(f"Browser tests will be skipped; as root on Debian, type: {line}", file=sys.stderr)
    path = find_chromium()
    if path:
        os.environ["QIAO_CHROMIUM"] = path


def install(packages: list[str]) -> None:
    """Install packages of Debian as root, with a list that is renewed where it must be; it says
    nothing where that fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ([*_INSTALL, *packages], ["apt-get", "update", "-qq"], [*_INSTALL, *packages]):
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return
        if done.returncode == 0 and command[1] == "install":
            return
