"""On somebody else's server web and worker get a plain role, or a clear word why not."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from qiao.config import postgres
from qiao.config.cli import environment, roles
from qiao.config.cli.failure import CommandError


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("server")
    with postgres.server(place):
        yield place


@pytest.fixture
def foreign(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The owner's address of a server that does not know our plain role yet."""
    with psycopg.connect(postgres.owner_url(home), autocommit=True) as owner:
        owner.execute("REASSIGN OWNED BY qiao_app TO qiao_owner")
        owner.execute("DROP OWNED BY qiao_app")
        owner.execute("DROP ROLE qiao_app")
    for name in ("DATABASE_OWNER_URL", "QIAO_EMBEDDED", "QIAO_APP_PASSWORD"):
        monkeypatch.setenv(name, "")  # so that it is put back, whatever happens to it meanwhile
        monkeypatch.delenv(name)
    monkeypatch.setenv("QIAO_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", postgres.owner_url(home))
    return postgres.owner_url(home)


def test_an_owner_is_told_from_a_plain_role(home: Path, foreign: str) -> None:
    roles.make_plain(foreign, None)
    assert not roles.is_plain(foreign)
    assert roles.is_plain(postgres.app_url(home))


def test_the_owners_address_alone_is_enough(
    foreign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for _ in range(2):
        monkeypatch.setenv("DATABASE_URL", foreign)
        monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
        monkeypatch.delenv("QIAO_APP_PASSWORD", raising=False)
        with environment.database():
            seen.append(os.environ["DATABASE_URL"])
            assert os.environ["DATABASE_OWNER_URL"] == foreign
            assert roles.is_plain(seen[-1])
    assert seen[0] == seen[1]
    assert roles.role_of(seen[0]) == postgres.APP


def test_a_plain_role_of_unknown_password_is_not_taken_over(foreign: str) -> None:
    roles.make_plain(foreign, None)
    with pytest.raises(CommandError, match="already exists"):
        roles.make_plain(foreign, None)


def test_the_plain_address_keeps_host_port_and_options() -> None:
    url = roles.plain_url("postgresql://boss:x%40y@db.example:5433/qiao?sslmode=require", "p@ss/1")
    parts = urlsplit(url)
    assert (parts.hostname, parts.port, parts.path) == ("db.example", 5433, "/qiao")
    assert parts.netloc.startswith("qiao_app:p%40ss%2F1@")
    assert parse_qs(parts.query) == {"sslmode": ["require"]}
