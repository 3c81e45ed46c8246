"""Jobs on the administrator's page: those that failed, and those of the clock."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from qiao.desk.administration.jobs import masked, periodic
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def failed_job(**arguments: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('events', 'core.deliver', %s, 'failed', 5) RETURNING id",
            [json.dumps(arguments)],
        )
        (job_id,) = cursor.fetchone()
    return int(job_id)


def state_of(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job_id])
        (status,) = cursor.fetchone()
    return str(status)


def test_a_failed_job_runs_again_for_a_reason_that_is_kept(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    job_id = failed_job(subscriber="cases.on_call", payload={"phone": "13805712264"}, event_id=7)
    browser = client_of(company.chief_staff)
    listed = browser.get("/administration/jobs/").content.decode()
    assert "cases.on_call" in listed
    assert "13805712264" not in listed
    address = f"/administration/jobs/{job_id}/"
    assert browser.post(address, {"verb": "again", "reason": " "}).status_code == 422
    assert state_of(job_id) == "failed"
    assert browser.post(address, {"verb": "again", "reason": "SMS is back"}).status_code == 302
    assert state_of(job_id) == "todo"
    assert "SMS is back" in browser.get(address).content.decode()
    assert browser.post(address, {"verb": "give_up", "reason": "too late"}).status_code == 302
    assert state_of(job_id) == "cancelled"
    assert browser.post(address, {"verb": "again", "reason": "x"}).status_code == 422


def test_jobs_belong_to_those_who_look_after_the_whole_company(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    job_id = failed_job(event_id=7)
    browser = client_of(company.agent_staff)
    assert browser.get("/administration/jobs/").status_code == 403
    answer = browser.post(f"/administration/jobs/{job_id}/", {"verb": "again", "reason": "x"})
    assert answer.status_code == 403
    assert state_of(job_id) == "failed"


def test_arguments_of_jobs_show_ids_and_names_of_events_only() -> None:
    shown = masked({"event_id": 7, "name": "cases.opened", "payload": {"who": "x"}, "text": "y"})
    assert shown == "event_id=7, name=cases.opened, payload=•••, text=•••"


def test_jobs_of_the_clock_tell_when_they_are_due_next() -> None:
    now = timezone.now()
    found = {one.task: one.next_at for one in periodic(now)}
    assert now < found["core.housekeeping"] <= now + timedelta(hours=1)
