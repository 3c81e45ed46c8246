"""Where this installation lives: state folder, secrets, database, browser files.

Everything is handed to the processes as environment variables, so that a server may set the same
variables itself and needs nothing of this file.
"""

import base64
import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qiao.config import postgres
from qiao.config.cli import roles
from qiao.config.cli.failure import CommandError

PROJECT = Path(__file__).resolve().parents[4]


def home() -> Path:
    """Return the state folder (`QIAO_HOME`, else `.qiao` in the project), made when missing."""
    path = Path(os.environ.get("QIAO_HOME") or PROJECT / ".qiao").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot write to {path}: {error.strerror}. Set QIAO_HOME to another folder"
        raise CommandError(message) from error
    os.environ["QIAO_HOME"] = str(path)
    return path


def move_home(purpose: str) -> Path:
    """Take a state folder beside the usual one (`.qiao-test`), to leave the data there alone."""
    usual = Path(os.environ.get("QIAO_HOME") or PROJECT / ".qiao").expanduser().resolve()
    os.environ["QIAO_HOME"] = str(usual.with_name(f"{usual.name}-{purpose}"))
    return home()


def load_secrets() -> None:
    """Set the secret keys that the environment lacks, from `secrets.env`, made once."""
    path = home() / "secrets.env"
    if not path.exists():
        text = (
            f"QIAO_SECRET_KEY={secrets.token_urlsafe(48)}\n"
            f"QIAO_FIELD_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}\n"
        )
        draft = path.with_name(f"secrets.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        if name.startswith("QIAO_") and value:
            os.environ.setdefault(name, value)


def own_server() -> bool:
    """Tell whether this installation brings its own database server."""
    return not os.environ.get("DATABASE_URL") or "QIAO_EMBEDDED" in os.environ


@contextmanager
def database() -> Iterator[None]:
    """Keep a usable database for a block, `DATABASE_URL` and `DATABASE_OWNER_URL` set.

    Raises:
        CommandError: it cannot be reached or cannot serve Qiao; the text says why.
    """
    load_secrets()
    place = home()
    own = own_server()
    try:
        if own:
            postgres.start(place)
            os.environ["QIAO_EMBEDDED"] = "1"
            os.environ["DATABASE_URL"] = postgres.app_url(place)
            os.environ["DATABASE_OWNER_URL"] = postgres.owner_url(place)
        else:
            postgres.check_server(os.environ["DATABASE_URL"])
            _separate_roles()
        postgres.check_server(os.environ["DATABASE_OWNER_URL"])
        yield
    except postgres.PostgresError as error:
        raise CommandError(str(error)) from error
    finally:
        if own:
            postgres.stop(place)


def _separate_roles() -> None:
    """Given the owner's address alone, let web and worker have a plain role all the same."""
    url = os.environ["DATABASE_URL"]
    if "DATABASE_OWNER_URL" in os.environ:
        return
    os.environ["DATABASE_OWNER_URL"] = url
    if roles.is_plain(url):
        return
    name = "QIAO_APP_PASSWORD"
    password = roles.make_plain(url, os.environ.get(name))
    if os.environ.get(name) != password:
        with (home() / "secrets.env").open("a") as file:
            file.write(f"{name}={password}\n")
        os.environ[name] = password
    os.environ["DATABASE_URL"] = roles.plain_url(url, password)


def set_up_django(*, owner: bool = False, pool: bool = False) -> None:
    """Load Django in this process, as the plain role or as the owner of the database.

    What is loaded stays: looking for garbage among it would take a quarter of the start, and stop
    the process for a moment again and again as long as it runs.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    if owner:
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    if not pool:
        os.environ["QIAO_NO_POOL"] = "1"
    import django

    gc.disable()
    try:
        django.setup()
    finally:
        gc.freeze()
        gc.enable()
