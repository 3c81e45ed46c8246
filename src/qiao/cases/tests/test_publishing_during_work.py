"""A process is published while people work: nobody's case changes under their hands."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from qiao.cases.models import Case, CaseClock, CaseEvent, ProcessVersion
from qiao.cases.operations import designing, take_action
from qiao.cases.rules.process_refusals import MissingFields
from qiao.cases.tests.designing import KEY, agree, begun, change, second_person
from qiao.cases.tests.world import NOW, a_case, pack_in_memory, pack_installed
from qiao.staff.tests.cast import Company, make_company

ROUNDS = 12


@pytest.fixture
def company(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The cast in a database whose transactions are real."""
    del own_database
    with transaction.atomic(), pack_installed(monkeypatch):
        made = make_company()
    with pack_in_memory(monkeypatch):
        yield made


def asked(company: Company) -> tuple[Any, Any]:
    """A request to publish a step that asks for more, and who may agree."""
    with transaction.atomic():
        draft = begun(company, NOW)
        change(draft, "step:accept", company.chief, NOW, required=["cause"], time_limit="1h",
               calendar="water.always")  # fmt: skip
        request = designing.ask_to_publish(
            draft_id=draft.pk, reason="photo", from_when=None, actor=company.chief, now=NOW
        )
        return request, second_person(company)


def side_by_side(*works: Any) -> list[Exception]:
    """Run functions in threads of their own, each with its own connection; what they raised."""
    faults: list[Exception] = []
    gate = threading.Barrier(len(works))

    def run(work: Any) -> None:
        try:
            gate.wait(20)
            work()
        except Exception as error:  # noqa: BLE001 - told to the test
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return faults


def test_people_who_act_in_the_old_version_at_the_moment_of_publishing_are_not_disturbed(
    company: Company,
) -> None:
    request, second = asked(company)
    with transaction.atomic():
        cases = [a_case(company) for _ in range(ROUNDS)]
    opened: list[Case] = []

    def work() -> None:
        for case in cases:
            with transaction.atomic():
                take_action(
                    case_id=case.pk, action="hand_over", given={}, actor=company.agent, now=NOW
                )

    def publish() -> None:
        with transaction.atomic():
            agree(request, second, NOW)

    def open_more() -> None:
        for _ in range(ROUNDS):
            with transaction.atomic():
                opened.append(a_case(company))

    assert side_by_side(work, publish, open_more) == []
    assert ProcessVersion.objects.filter(key=KEY).count() == 2
    stand = Case.objects.filter(pk__in=[case.pk for case in cases])
    assert set(stand.values_list("process__version", "step")) == {(1, "repair")}
    versions = [case.process.version for case in opened]
    assert versions == sorted(versions)
    for case in opened:
        limits = CaseClock.objects.filter(case=case, promise="step:accept").count()
        assert limits == case.process.version - 1
        with transaction.atomic():
            given = {"cause": "pipe"} if case.process.version == 2 else {}
            take_action(
                case_id=case.pk, action="hand_over", given=given, actor=company.agent, now=NOW
            )
    with transaction.atomic():
        late = a_case(company)
        with pytest.raises(MissingFields):
            take_action(
                case_id=late.pk, action="hand_over", given={}, actor=company.agent, now=NOW
            )


def test_two_who_agree_at_once_publish_one_version(company: Company) -> None:
    request, second = asked(company)
    later = NOW + timedelta(minutes=1)

    def publish() -> None:
        with contextlib.suppress(Exception), transaction.atomic():
            agree(request, second, later)

    side_by_side(publish, publish)
    assert ProcessVersion.objects.filter(key=KEY).count() == 2


def test_of_two_drafts_published_at_once_both_become_versions_with_numbers_of_their_own(
    company: Company,
) -> None:
    requests = []
    with transaction.atomic():
        second = second_person(company)
        for hours in (3, 4):
            draft = begun(company, NOW)
            change(draft, "step:repair", company.chief, NOW, time_limit=f"{hours}h")
            requests.append(
                designing.ask_to_publish(
                    draft_id=draft.pk, reason="x", from_when=None, actor=company.chief, now=NOW
                )
            )

    def publish(request: Any) -> None:
        with transaction.atomic():
            agree(request, second, NOW)

    faults = side_by_side(*(lambda each=each: publish(each) for each in requests))
    assert faults == []
    numbers = ProcessVersion.objects.filter(key=KEY).order_by("version")
    assert list(numbers.values_list("version", flat=True)) == [1, 2, 3]
    assert CaseEvent.objects.count() == 0
