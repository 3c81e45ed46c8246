"""What must be ready before web and worker start: catalogues, browser files, tables, a world."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from qiao.config.cli import assets, catalogues, environment
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError

_IGNORED = {".mo", ".pyc"}


def collect() -> None:
    """Compile catalogues, build the browser's files and lay all static files out, when changed."""
    catalogues.compile_changed(PROJECT / "src" / "qiao")
    built = assets.ensure_assets()
    stamp = environment.home() / "static" / ".stamp"
    digest = _digest([p for p in PROJECT.glob("src/qiao/**/static/**/*") if p.is_file()])
    wanted = f"{built.name} {digest}"
    os.environ["QIAO_COLLECTED"] = "1"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    run_self("manage", "collectstatic", "--noinput", "--verbosity=0")
    stamp.write_text(wanted)


def source_digest() -> str:
    """Return a digest of everything that tables, rights and packs are made from."""
    files = [p for p in (PROJECT / "src").rglob("*") if p.is_file()]
    return _digest([p for p in files if p.suffix not in _IGNORED])


def run_self(*words: str) -> None:
    """Run another command of ours in a process of its own, its output shown.

    Raises:
        CommandError: it failed; it has said why.
    """
    command = [sys.executable, "-m", "qiao.config.cli", *words]
    if subprocess.run(command, check=False).returncode:
        message = f"stopped: ./qiao {' '.join(words)} failed"
        raise CommandError(message)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        found = path.stat()
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
