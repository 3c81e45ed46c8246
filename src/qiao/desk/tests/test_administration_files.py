"""Lists of the administration as files: whole, or with a word that they are not."""

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from qiao.core import disclosure
from qiao.customers.tests.factories import make_customer
from qiao.desk.administration import corrections, disclosures, problems
from qiao.desk.administration.files import table_answer
from qiao.desk.models import Problem
from qiao.desk.tests.test_erased_requests import asked_to_correct
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def taken(company: Company, what: str, **values: str) -> list[list[str]]:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(company.chief_staff, backend="qiao.staff.signin.StaffBackend")
    browser.cookies["q-language"] = "en"
    answer: Any = browser.post(f"/administration/{what}/export/", {"form": "csv"} | values)
    assert answer.status_code == 200
    told = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(told)))[1:]


def looked_at(company: Company) -> None:
    disclosure.record(
        kind="reveal", subject="customers.phone", subject_id=7,
        organisation_id=company.lake.pk, actor=company.agent, now=timezone.now(), reason="leak",
    )  # fmt: skip


def corrected(company: Company) -> None:
    asked_to_correct(
        company, "customers.customer", make_customer(company.agent).number, name="王伟"
    )


def went_wrong(company: Company) -> None:
    now = timezone.now()
    Problem.objects.create(
        source="person", title="The list is empty", app_version="1.0",
        organisation_id=company.lake.pk,
        reported_by_id=company.agent.person_id, first_seen_at=now,
        last_seen_at=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("module", "what", "happen"),
    [
        (corrections, "corrections", corrected),
        (disclosures, "disclosures", looked_at),
        (problems, "problems", went_wrong),
    ],
)
def test_a_file_that_is_cut_says_so_in_its_last_row(
    module: Any, what: str, happen: Any, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_EXPORTED", 2)
    narrowed = {"kind": "reveal"} if what == "disclosures" else {}
    for _number in range(2):
        happen(company)
    whole = taken(company, what, **narrowed)
    assert len(whole) == 2
    happen(company)
    *rows, last = taken(company, what, **narrowed)
    assert len(rows) == 2
    assert last == ["The file ends here, after 2 rows. The older ones are not in it."]


def test_nothing_stays_on_the_disk_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    request: Any = RequestFactory().post("/", {"form": "xlsx"})
    request.now = timezone.now()

    def rows() -> Iterator[list[object]]:
        yield [1]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        table_answer(request, name="list", header=["n"], rows=rows())
    assert list(tmp_path.iterdir()) == []
    answer: Any = table_answer(request, name="list", header=["n"], rows=[[1]])
    assert list(tmp_path.iterdir()) == []
    assert b"".join(answer.streaming_content).startswith(b"PK")
