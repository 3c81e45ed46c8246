"""Databases that benchmarks work on: one for each world, made once and kept."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

BENCHMARKS = Path(__file__).parents[1]
Owner = psycopg.Connection[tuple[object, ...]]


def say(text: str) -> None:
    """Tell how far it is; the result alone goes to the standard output."""
    print(text, file=sys.stderr, flush=True)


def environment_of(name: str) -> dict[str, str]:
    """The environment in which a process of ours works on that database."""
    changed = {key: url_of(name, key) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    kept = {key: value for key, value in os.environ.items() if key != "QIAO_EMBEDDED"}
    return kept | changed | {"QIAO_DEMO": "1"}


def work_on(name: str) -> None:
    """Bind this process, and every process and server that it starts, to that database."""
    # With it our commands would go back to the base database of the embedded server.
    os.environ.pop("QIAO_EMBEDDED", None)
    os.environ.update(environment_of(name))


def url_of(name: str, key: str = "DATABASE_OWNER_URL") -> str:
    """The address of a database on the server of this benchmark."""
    return urlunsplit(urlsplit(os.environ[key])._replace(path=f"/{name}"))


def administration() -> Owner:
    """A connection that makes and drops databases."""
    return psycopg.connect(url_of("postgres"), autocommit=True)


def exists(owner: Owner, name: str) -> bool:
    """Whether there is such a database."""
    return (
        owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        is not None
    )


def create(name: str, *, anew: bool = False) -> dict[str, str]:
    """Make a database unless it is there, its tables up to date; its environment.

    `anew` drops one that is there.
    """
    with administration() as owner:
        if anew:
            owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not exists(owner, name):
            owner.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    environment = environment_of(name)
    run([sys.executable, "-m", "qiao.config.cli", "migrate", "--quiet"], environment)
    return environment


def build(name: str, builder: Path, *words: str) -> str:
    """Make a database unless it is there and have a script fill it as the owner of its tables.

    The script does nothing where all is built. Returns the name of the database.
    """
    environment = create(name)
    owner = environment | {
        "DATABASE_URL": environment["DATABASE_OWNER_URL"],
        "QIAO_NO_POOL": "1",
        "PYTHONPATH": str(BENCHMARKS),
    }
    run([sys.executable, str(builder), *words], owner)
    return name


def drop(name: str) -> None:
    """Take a database away."""
    with administration() as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def run(command: list[str], environment: Mapping[str, str]) -> None:
    """Run a command to its end. Raises `RuntimeError` if it fails; what went wrong was said."""
    done = subprocess.run(command, env=dict(environment), check=False, stdout=sys.stderr)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed")


def set_up() -> None:
    """Load Django in this process, on the database of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Let Django in this process work on another database for a block; needs ``QIAO_NO_POOL``."""
    from django.db import connections

    settings = connections["default"].settings_dict
    before = settings["NAME"]
    connections.close_all()
    settings["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = before
