"""The two roles in a database server of somebody else's: the owner, and the plain one."""

import getpass
import secrets
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from qiao.config import postgres
from qiao.config.cli.failure import CommandError

LINES = """\
CREATE ROLE qiao_owner LOGIN CREATEDB PASSWORD '…'; CREATE ROLE qiao_app LOGIN PASSWORD '…';
CREATE DATABASE qiao OWNER qiao_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
export DATABASE_OWNER_URL=postgresql://qiao_owner:…@host/qiao
export DATABASE_URL=postgresql://qiao_app:…@host/qiao"""


def role_of(url: str) -> str:
    """Return the database role of an address (`qiao_app`)."""
    return str(conninfo_to_dict(url).get("user") or getpass.getuser())


def plain_url(url: str, password: str) -> str:
    """Return the same address for the plain role."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{postgres.APP}:{quote(password, safe='')}@{place}"))


def is_plain(url: str) -> bool:
    """Tell whether the role may neither create roles nor own this database."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb"
            " OR pg_has_role(r.oid, datdba, 'USAGE') FROM pg_roles r, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    return row is not None and not row[0]


def make_plain(url: str, password: str | None) -> str:
    """Make the plain role with the rights of a stronger one; return its password.

    Args:
        url: the stronger role.
        password: what an earlier call returned, None the first time.

    Raises:
        CommandError: it may not, or the role exists and its password is not known to us.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [postgres.APP])
        if known.rowcount and password:
            return password
        password = secrets.token_urlsafe(24)
        command = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(postgres.APP), sql.Literal(password)
        )
        try:
            connection.execute(command)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateObject) as error:
            message = (
                f"web and worker need a plain role of their own ({str(error).strip()})."
                f" As a superuser of that server, in this form:\n{LINES}"
            )
            raise CommandError(message) from error
    return password
