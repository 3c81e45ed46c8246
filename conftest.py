"""The test database: built once as a template, cloned for each test process.

Tests run as the plain role, inside a transaction that is rolled back. A test that needs real
commits, several connections or kills asks for `own_database`, a clone of its own.
"""

import hashlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

# A busy machine is no fault of the rule under test.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")

SOURCE = Path(__file__).parent / "src" / "qiao"
TEMPLATE = "qiao_test_template"
LONG = {"test_readme.py", "test_migration_guide.py", "test_walker.py", "test_sealed.py"}


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _owner(name: str) -> "psycopg.Connection[tuple[str, ...]]":
    return psycopg.connect(_with_database(os.environ["DATABASE_OWNER_URL"], name), autocommit=True)


def _fingerprint() -> str:
    """Changes with all that the template holds: tables, rights, roles, packs, calendars."""
    digest = hashlib.sha256()
    # What a manifest contributes stands in files beside it too.
    patterns = ("*/migrations/*.py", "*/*.py", "packs/**/*.toml", "*/*.toml")
    for file in sorted(file for pattern in patterns for file in SOURCE.glob(pattern)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _build_template() -> None:
    fingerprint = _fingerprint()
    with _owner("postgres") as owner:
        owner.execute("SELECT pg_advisory_lock(7431)")  # one builder at a time
        if "QIAO_EMBEDDED" in os.environ:
            # The tests' own server outlives kills of its processes, and need not outlive a power
            # cut: a clone is made and dropped for each journey. Tables that are counted by chance
            # while a test has committed none of its rows are planned for as empty ones.
            for name in ("fsync", "full_page_writes", "autovacuum"):
                owner.execute(f"ALTER SYSTEM SET {name} = off")
            owner.execute("SELECT pg_reload_conf()")
        row = owner.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [TEMPLATE],
        ).fetchone()
        if row and row[0] == fingerprint:
            return
        owner.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        environment = {
            **os.environ,
            "DATABASE_URL": _with_database(os.environ["DATABASE_URL"], TEMPLATE),
            "DATABASE_OWNER_URL": _with_database(os.environ["DATABASE_OWNER_URL"], TEMPLATE),
        }
        environment.pop("QIAO_EMBEDDED", None)
        subprocess.run(
            [sys.executable, "-m", "qiao.config.cli", "migrate", "--quiet"],
            env=environment,
            check=True,
        )
        owner.execute(f"COMMENT ON DATABASE {TEMPLATE} IS '{fingerprint}'")


@contextmanager
def _clone() -> Iterator[str]:
    """A database of its own, made from the template, dropped afterwards."""
    name = f"qiao_test_{uuid.uuid4().hex[:12]}"
    with _owner("postgres") as owner:
        owner.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        try:
            yield name
        finally:
            connections.close_all()
            owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = settings.DATABASES["default"]["NAME"]
    connections.close_all()
    for place in (settings.DATABASES["default"], connections["default"].settings_dict):
        place["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        for place in (settings.DATABASES["default"], connections["default"].settings_dict):
            place["NAME"] = before


@pytest.fixture(autouse=True)
def own_language() -> None:
    """A test begins in the language of the installation: a page asked for leaves its own on."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Stands in for pytest-django's own set-up, which would need an owner's rights."""
    if "DATABASE_OWNER_URL" not in os.environ:
        pytest.exit("No database: run the tests with ./qiao test", returncode=4)
    with django_db_blocker.unblock():
        _build_template()
        with _clone() as name, _connected_to(name):
            yield


@pytest.fixture
def own_database(
    django_db_setup: None,  # noqa: ARG001 - the template must stand
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """A fresh clone with real commits; gives its name. Do not mark the test with django_db."""
    with django_db_blocker.unblock(), _clone() as name, _connected_to(name):
        yield name


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """The folder of the files that the product stores, for this test alone."""
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that the repository does not ship; the test is skipped where it is missing."""
    if not settings.QIAO_SHARED.is_dir():
        pytest.skip("the real data of QIAO_SHARED is not here")
    return Path(settings.QIAO_SHARED) / "data"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process waits for the last one; browsers at the end, as
    they leave a running event loop behind in their process."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    if item.get_closest_marker("browser") or "browser" in getattr(item, "fixturenames", ()):
        return 2
    return 0 if item.path.name in LONG else 1
