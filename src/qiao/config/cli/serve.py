"""`./qiao serve`: the web server, an asynchronous process for each processor, four at most."""

import argparse
import os
import shutil
from pathlib import Path

from qiao.config.cli import environment, preparation, roles
from qiao.config.cli.failure import CommandError

MOST_USUAL = 4  # processes, unless told otherwise: each takes some 250 MB


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    usual = min(os.cpu_count() or 1, MOST_USUAL)
    parser.add_argument(
        "--processes", type=int, default=usual, help=f"web processes (here {usual})"
    )
    parser.add_argument("--tls-cert", type=Path, help="certificate (PEM): serve HTTPS")
    parser.add_argument("--tls-key", type=Path, help="its private key (PEM)")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    if bool(args.tls_cert) != bool(args.tls_key):
        message = "give --tls-cert and --tls-key together"
        raise CommandError(message)
    for path in filter(None, [args.tls_cert, args.tls_key]):
        if not path.is_file():
            message = f"there is no file {path}"
            raise CommandError(message)
    if args.tls_cert:
        os.environ["QIAO_TLS"] = "1"
    with environment.database():
        if not roles.is_plain(os.environ["DATABASE_URL"]):
            message = (
                f"the database role {roles.role_of(os.environ['DATABASE_URL'])} is a superuser or"
                f" an owner: the web needs a plain one\n{roles.LINES}"
            )
            raise CommandError(message)
        preparation.collect()
        _serve(args)
    return 0


def _serve(args: argparse.Namespace) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    if args.processes > 1:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_figures_of(args.port))
    Granian(
        "qiao.config.asgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.ASGINL,  # Django knows no lifespan protocol
        workers=args.processes,
        backlog=4096,
        backpressure=16384,  # each open page holds a stream; the default hangs at 1,500
        websockets=False,
        ssl_cert=args.tls_cert,
        ssl_key=args.tls_key,
        respawn_failed_workers=True,
        workers_kill_timeout=5,  # seconds; streams never end by themselves
    ).serve()


def _figures_of(port: int) -> Path:
    """An empty folder in which the processes of this server keep their figures."""
    folder = environment.home() / "run" / f"figures-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
