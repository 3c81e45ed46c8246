"""`./qiao demo`: PostgreSQL, web and worker with a living world, in one terminal."""

import argparse
import os
import shutil
import socket
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qiao.config import postgres
from qiao.config.cli import environment, preparation, serving, supervise
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--pack", default="water", help="the trade of the world")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument("--fresh", action="store_true", help="throw the world away, make it anew")
    parser.add_argument("--audit", action="store_true", help="check that the world is believable")


def run(args: argparse.Namespace) -> int:
    """Run until Ctrl-C; with `--audit` look at the world and end."""
    began = time.monotonic()
    place = environment.home()
    _check_pack(args.pack)
    if not args.audit:
        _check_port(args.host, args.port)
    if args.fresh:
        _throw_away(place)
    os.environ.setdefault("QIAO_DEMO", "1")
    os.environ.setdefault("QIAO_TRUSTED_ORIGINS", _address(args))
    supervise.stop_on_signals()
    children: list[supervise.Child] = []
    try:
        with environment.database():
            if args.audit:
                _prepare(place, args)
                return 0
            try:
                _start(place, args, children)
                _greet(args, began)
                supervise.watch(children, every=lambda: _keep_database(place))
            finally:
                supervise.stop_all(children)
    except supervise.Stopped:
        print("\nqiao: stopped; the data is kept", file=sys.stderr)
    return 0


def _start(place: Path, args: argparse.Namespace, children: list[supervise.Child]) -> None:
    with _step("browser files and languages"):
        preparation.collect()
    _prepare(place, args)
    web = serving.child("web", "serve", f"--host={args.host}", f"--port={args.port}")
    children += [web, serving.child("worker", "worker"), serving.child("keeper", "keeper")]
    children.append(serving.child("telephony", "telephony", "run", "--callers"))
    with _step("web, worker, keeper and telephone"):
        for child in children:
            child.start()
        serving.wait_until_ready(_address(args), children)


def _prepare(place: Path, args: argparse.Namespace) -> None:
    """Bring tables and world up to date, unless nothing changed since the last time."""
    stamp = place / "prepared"
    wanted = f"{preparation.source_digest()} {args.pack}"
    if environment.own_server() and not args.audit and _read(stamp) == wanted:
        return
    with _step("tables and world"):
        words = [f"--pack={args.pack}", f"--customers={args.customers}"]
        preparation.run_self("prepare", *words, *(["--audit"] if args.audit else []))
    stamp.write_text(wanted)


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


@contextmanager
def _step(name: str) -> Iterator[None]:
    print(f"{name} …", flush=True)
    began = time.monotonic()
    yield
    print(f"{name}: ready in {time.monotonic() - began:.1f} s", flush=True)


def _check_pack(name: str) -> None:
    folder = PROJECT / "src" / "qiao" / "packs"
    known = sorted(path.parent.name for path in folder.glob("*/pack.toml"))
    if name not in known:
        message = f"there is no pack {name!r}; known: {', '.join(known)}"
        raise CommandError(message)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"cannot listen on port {port} ({error.strerror}): try --port {port + 1}"
            raise CommandError(message) from error


def _throw_away(place: Path) -> None:
    if not environment.own_server():
        message = "--fresh works on the built-in database only: DATABASE_URL is set"
        raise CommandError(message)
    if postgres.running(place):
        message = "another command is using this world: stop it first, then --fresh"
        raise CommandError(message)
    for name in ("pg", "media"):
        shutil.rmtree(place / name, ignore_errors=True)
    (place / "prepared").unlink(missing_ok=True)


def _address(args: argparse.Namespace) -> str:
    host = "localhost" if args.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else args.host  # noqa: S104
    return f"http://{host}:{args.port}"


def _greet(args: argparse.Namespace, began: float) -> None:
    address = _address(args)
    print(f"\nQiao is ready after {time.monotonic() - began:.0f} s:  {address}/")
    print("Sign in with one click as agent, technician, supervisor or administrator.")
    print("Ctrl-C stops everything and keeps the data; --fresh starts over.", flush=True)
    if not args.no_browser and sys.stdout.isatty():
        webbrowser.open(address)


def _keep_database(place: Path) -> None:
    """Bring the built-in server back after it was killed."""
    if environment.own_server() and not postgres.running(place):
        print("qiao: the database stopped, starting it again", file=sys.stderr, flush=True)
        postgres.start(place)
        print("qiao: the database is back", file=sys.stderr, flush=True)
