"""What the plain database role of web and worker may do; run as the owner after migrating."""

from django.db import connection

from qiao.core.registry import registry

APP_ROLE = "qiao_app"
CORE_APPEND_ONLY = ("core_event", "core_auditentry", "core_disclosure")


class RoleTooStrong(Exception):  # noqa: N818 - names the finding
    """Web or worker runs as a superuser or as owner of the tables."""


def apply_grants(role: str = APP_ROLE) -> None:
    """Give `role` rows but not tables: append-only tables take INSERT and SELECT alone.

    Raises `django.db.Error` if the connection is not the owner's.
    """
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quoted}")
        for table in (*CORE_APPEND_ONLY, *registry.append_only()):
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {quoted}")
        cursor.execute("SELECT qiao_ensure_partitions(3)")
        # A partition is reached through its parent only, or the parent's limits would be void.
        cursor.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        for (partition,) in cursor.fetchall():
            cursor.execute(f"REVOKE ALL ON {connection.ops.quote_name(partition)} FROM {quoted}")
        for table in registry.audited():
            cursor.execute("SELECT qiao_audit_table(%s)", [table])


def assert_plain_role() -> None:
    """Raises `RoleTooStrong` if this process could bypass grants: superuser, or table owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, r.rolsuper OR r.rolbypassrls OR r.rolcreatedb OR r.rolcreaterole,"
            " EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 'core_event'"
            "         AND pg_has_role(current_user, c.relowner, 'USAGE'))"
            " FROM pg_roles r WHERE r.rolname = current_user"
        )
        name, strong, owner = cursor.fetchone()
    if strong or owner:
        raise RoleTooStrong(
            f"The database role {name} is "
            f"{'a superuser' if strong else 'the owner of the tables'}; "
            f"web and worker need the plain role {APP_ROLE}. Set DATABASE_URL to it and keep the "
            "owner for DATABASE_OWNER_URL."
        )
