"""Changes of people, roles and the tree leave a trace, whoever makes them."""

import pytest
from django.db import connection

from qiao.core.models import AuditEntry
from qiao.staff.models import Role

pytestmark = pytest.mark.django_db


def test_every_change_of_an_audited_table_is_kept_with_who_and_what() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('qiao.actor', '42', true)")
    role = Role.objects.create(key="tester", names={"en": "Tester"})
    Role.objects.filter(pk=role.pk).update(home="elsewhere")
    made, changed = AuditEntry.objects.filter(table_name="staff_role", row_id=role.pk).order_by(
        "id"
    )
    assert (made.operation, made.after and made.after["key"]) == ("I", "tester")
    assert (changed.operation, changed.before, changed.after, changed.actor_id) == (
        "U",
        {"home": "desk:workspace"},
        {"home": "elsewhere"},
        42,
    )
