"""What an action of a code table may ask of a second person."""

from typing import Any

import pytest
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.code_tables import BadAction, CodeAction, CodeField

DAY = timezone.localdate()
WHO = Actor(1, "Chief", 1)
PASSWORD = CodeField("password", "Password", kind="secret")


def action(*fields: CodeField, **more: Any) -> CodeAction:
    return CodeAction(
        "do", "Do", "key", "staff.manage", lambda *_about: fields, lambda **_values: "", **more
    )


def test_what_is_done_to_no_row_asks_no_second_person() -> None:
    with pytest.raises(BadAction):
        action(on_row=False, second_person=lambda _values: True)


def test_a_secret_never_waits_for_a_second_person() -> None:
    told = CodeField("name", "Name")
    with pytest.raises(BadAction):
        action(told, PASSWORD, second_person=lambda _values: False).asked(WHO, None, DAY)
    assert action(told, PASSWORD).asked(WHO, None, DAY) == (told, PASSWORD)
    assert action(told, second_person=lambda _values: True).asked(WHO, None, DAY) == (told,)


def test_the_values_decide_whether_somebody_else_is_asked() -> None:
    grave = action(second_person=lambda values: values["role"] == "chief")
    assert grave.asks_second({"role": "chief"})
    assert not grave.asks_second({"role": "clerk"})
    assert not action().asks_second({"role": "chief"})
