"""`./qiao doctor`: what was found here, what is missing, and the line to type."""

import argparse
import filecmp
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from qiao.config import postgres, postgres_user
from qiao.config.cli import assets, browser, environment, roles
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError

_ROOMY = 5  # gigabytes


@dataclass
class Finding:
    """One thing looked at: `mend` says what to do when it is not all right."""

    name: str
    found: str
    mend: str = ""
    needed: bool = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options (none)."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Print a line each; exit code 1 if something needed is missing."""
    del args
    findings = [_python(), _packages(), _node(), _postgres(), _database(), _space(), _port()]
    findings.append(_browser())
    for finding in findings:
        mark = "ok" if not finding.mend else "missing" if finding.needed else "note"
        print(f"{mark:<8} {finding.name:<16} {finding.found}")
        for line in finding.mend.splitlines():
            print(f"{'':<25} {line}")
    return 1 if any(f.mend and f.needed for f in findings) else 0


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    promised = sys.version_info[:2] == (3, 11)
    mend = "" if promised else "3.11 is what is promised; this one may work"
    return Finding("Python", f"{version} ({sys.executable})", mend, needed=False)


def _packages() -> Finding:
    current = {
        name: filecmp.cmp(lock, stamp, shallow=False)
        for name in ("runtime", "test")
        if (stamp := PROJECT / ".venv" / f"{name}.lock").is_file()
        and (lock := PROJECT / "requirements" / f"{name}.lock").is_file()
    }
    fresh = [name for name, same in current.items() if same]
    mend = "" if "runtime" in fresh else "rm -rf .venv && ./qiao doctor"
    return Finding("Python packages", f"up to date: {', '.join(fresh) or 'none'}", mend)


def _node() -> Finding:
    found = assets.find_node()
    if found is None:
        return Finding("Node", "none", "rm -rf .venv && ./qiao assets   (a wheel brings Node)")
    node = found[0][0]
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return Finding("Node", f"{version.stdout.strip()} ({node})")


def _postgres() -> Finding:
    if not environment.own_server():
        return Finding("PostgreSQL", "a server of yours (DATABASE_URL)")
    try:
        program = postgres.binary("postgres")
        user = postgres_user.named_user()
    except (postgres.PostgresError, postgres_user.UserError) as error:
        return Finding("PostgreSQL", "built in", str(error))
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    who = user.pw_name if user else "you"
    if user is None and os.geteuid() == 0:
        who = "root, inside a user namespace"
    return Finding("PostgreSQL", f"{answer.stdout.strip()}, run by {who}")


def _database() -> Finding:
    own = environment.own_server()
    try:
        with environment.database():
            version = postgres.check_server(os.environ["DATABASE_URL"])
            names = ("DATABASE_URL", "DATABASE_OWNER_URL")
            separate = len({roles.role_of(os.environ[name]) for name in names}) == len(names)
    except (CommandError, postgres.PostgresError) as error:
        return Finding("Database", str(error), "" if own else roles.LINES)
    mend = "" if separate else roles.LINES
    return Finding("Database", f"{version} answers, searches Chinese ({environment.home()})", mend)


def _space() -> Finding:
    free = shutil.disk_usage(environment.home()).free / 1e9
    mend = "" if free > _ROOMY else f"{_ROOMY} GB are comfortable: set QIAO_HOME to a larger disk"
    return Finding("Disk", f"{free:.0f} GB free", mend, needed=False)


def _port() -> Finding:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", 8000)) == 0
    mend = "./qiao demo --port 8001" if taken else ""
    return Finding("Port 8000", "in use" if taken else "free", mend, needed=False)


def _browser() -> Finding:
    missing = browser.missing_packages()
    mend = f"apt-get install {' '.join(missing)}   (browser tests and shots only)"
    found = browser.find_chromium() or "no Chromium"
    fonts = "Chinese fonts" if browser.has_chinese_font() else "no Chinese fonts"
    return Finding(
        "Browser", f"{Path(found).name}, {fonts}", mend if missing else "", needed=False
    )
