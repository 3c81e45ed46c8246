"""Who may make calls after an update: whoever takes them."""

from importlib import import_module

import pytest
from django.db import connection

from qiao.staff.models import Role
from qiao.staff.operations import define_role

MIGRATION = import_module("qiao.telephony.migrations.0015_dialling_for_own_roles")


@pytest.mark.django_db
def test_changed_roles_that_take_calls_may_make_them_and_no_others() -> None:
    given = {
        "takes": (["cases.view", "interactions.work"], True),
        "dials": (["calls.dial", "interactions.work"], True),
        "reads": (["interactions.view"], True),
        "delivered": (["interactions.work"], False),
    }
    for key, (permissions, is_customised) in given.items():
        define_role(key=key, names={"en": key}, permissions=permissions, home="home")
        Role.objects.filter(key=key).update(is_customised=is_customised)
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.SQL)
    found = dict(Role.objects.filter(key__in=given).values_list("key", "permissions"))
    assert found.pop("takes") == ["calls.dial", "cases.view", "interactions.work"]
    assert found == {key: given[key][0] for key in found}
