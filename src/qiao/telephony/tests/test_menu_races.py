"""Two people at a voice menu in one moment: a clear answer for both."""

from typing import Any

import pytest
from django.db import transaction

from qiao.cases.tests.test_joining_races import while_open
from qiao.staff.tests.cast import Company
from qiao.telephony.models import VoiceMenuDraft
from qiao.telephony.operations import menu_drafts as drafts
from qiao.telephony.tests.test_menu_pages import KEY, NOW, at, browser, city_with_hotline, text


@pytest.fixture
def company(own_database: str) -> Company:
    """The cast in a database whose transactions are real."""
    del own_database
    with transaction.atomic():
        return city_with_hotline()


def test_who_takes_a_draft_up_while_another_begins_one_is_told(company: Company) -> None:
    told: dict[str, Any] = {"actor": company.chief, "now": NOW}
    with transaction.atomic():
        old = drafts.begin_menu_draft(key=KEY, version=1, **told)
        drafts.drop_menu_draft(key=KEY, seen=1, **told)
    answers: list[Any] = []
    client = browser(company.chief_staff)
    while_open(
        lambda: drafts.begin_menu_draft(key=KEY, version=1, **told),
        lambda: answers.append(client.post(at("restore"), {"draft": str(old.pk)}, follow=True)),
    )
    assert "is open. Publish it or put it away first" in text(answers[0])
    assert VoiceMenuDraft.objects.get(state="open").pk != old.pk
