"""Backups: the page and its buttons, when the night is due, and which files may go."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.retention import rule, run_rule
from qiao.customers.tests.test_pages import browser
from qiao.desk.models import BackupRun
from qiao.desk.queries.backups import held_backups
from qiao.desk.rules.backups import Held, is_night_due, surplus
from qiao.desk.templatetags.backups import took
from qiao.staff.tests.cast import Company, make_company

URL = "/administration/backups/"
DAY = timedelta(days=1)
held = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12).map(
    lambda flags: [
        Held(len(flags) - at, is_damaged=bad, is_proved=good and not bad)
        for at, (bad, good) in enumerate(flags)
    ]
)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def make_run(**values: object) -> BackupRun:
    now = timezone.now()
    about = {
        "kind": "backup",
        "origin": "schedule",
        "state": "done",
        "requested_at": now,
        "started_at": now,
        "finished_at": now + timedelta(seconds=3),
        "place": "/srv/backups/qiao-1.tar",
        "size_bytes": 5_000_000,
        "table_count": 120,
        "row_count": 98_765,
        "file_count": 7,
        "release": "0.1.0",
    }
    return BackupRun.objects.create(**(about | values))


@given(held=held, keep=st.integers(1, 6))
def test_neither_the_last_good_backup_nor_the_last_proved_one_ever_goes(
    held: list[Held], keep: int
) -> None:
    gone = set(surplus(held, keep=keep))
    stays = [one for one in held if one.run_id not in gone]
    assert stays[:keep] == held[:keep]
    assert len(stays) <= keep + 2
    for kind in (lambda one: not one.is_damaged, lambda one: one.is_proved):
        assert [one for one in held if kind(one)][:1] == [one for one in stays if kind(one)][:1]


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hour=st.integers(0, 23),
)
def test_every_night_is_due_once(now: datetime, hour: int) -> None:
    assert not is_night_due(now=now, hour=None, asked_at=None, grace=DAY)
    assert is_night_due(now=now, hour=hour, asked_at=None, grace=DAY)
    assert is_night_due(now=now, hour=hour, asked_at=now - DAY - timedelta(seconds=1), grace=DAY)
    assert not is_night_due(now=now, hour=hour, asked_at=now, grace=DAY)


def test_what_was_missed_long_ago_is_left_out() -> None:
    at = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert not is_night_due(now=at, hour=2, asked_at=None, grace=hour)
    assert is_night_due(now=at, hour=9, asked_at=None, grace=hour)


def test_without_a_backup_the_page_says_what_to_do(company: Company) -> None:
    page = browser(company.chief_staff).get(URL).content.decode()
    for words in (
        "No backup yet",
        "Back up now",
        'No <code translate="no">keeper</code> runs.',
        "secrets.env",
        "./qiao restore",
    ):
        assert words in page


def test_a_button_asks_and_the_page_tells_who_asked(company: Company) -> None:
    chief = browser(company.chief_staff)
    assert chief.post(f"{URL}now/").status_code == 302
    run = BackupRun.objects.get()
    assert (run.state, run.requested_by_id) == ("waiting", company.chief.person_id)
    page = chief.get(URL).content.decode()
    assert "A backup was asked for" in page
    assert company.chief.name in page
    assert "every 2s" in page
    again = chief.post(f"{URL}now/", follow=True).content.decode()
    assert "under way" in again
    assert BackupRun.objects.count() == 1


def test_a_backup_is_tested_by_its_button(company: Company) -> None:
    backup = make_run()
    chief = browser(company.chief_staff)
    assert chief.post(f"{URL}{backup.pk}/test/").status_code == 302
    assert BackupRun.objects.get(kind="test").backup_id == backup.pk
    assert chief.post(f"{URL}{backup.pk + 9}/test/").status_code == 404


def test_a_full_disk_refuses_the_button(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qiao.desk.queries.backups.bytes_needed", lambda **_sizes: 10**15)
    answer = browser(company.chief_staff).post(f"{URL}now/", follow=True)
    assert "The disk is too full: a backup needs 909.5" in answer.content.decode()
    assert not BackupRun.objects.exists()


def test_the_list_tells_of_tests_and_of_failures_in_words(company: Company) -> None:
    good, bad = make_run(), make_run(place="/srv/backups/qiao-2.tar")
    make_run(kind="test", backup=good)
    make_run(kind="test", backup=bad, state="failed", reason="damaged")
    make_run(state="failed", reason="disk_full", needed_bytes=9_000_000, free_bytes=1_000)
    make_run(state="failed", reason="broken_off")
    page = browser(company.chief_staff).get(URL).content.decode()
    for words in (
        "98,765 rows and 7 files compared in 3.0",
        "Not to be relied on",
        "8.6",
        "Broken off: the process",
        "./qiao restore /srv/backups/qiao-1.tar",
    ):
        assert words in page, words


def test_a_test_that_could_not_be_finished_does_not_hide_what_an_earlier_one_found(
    company: Company,
) -> None:
    good, bad = make_run(), make_run(place="/srv/backups/qiao-2.tar")
    make_run(kind="test", backup=good)
    make_run(kind="test", backup=bad, state="failed", reason="damaged")
    for backup in (good, bad):
        make_run(kind="test", backup=backup, state="failed", reason="broken_off")
    assert held_backups_by_flags() == [(bad.pk, True, False), (good.pk, False, True)]
    page = browser(company.chief_staff).get(URL).content.decode()
    assert page.count("Not finished") == 2
    assert "98,765 rows and 7 files compared" in page


def held_backups_by_flags() -> list[tuple[int, bool, bool]]:
    BackupRun.objects.filter(kind="backup").update(is_ours=True)
    return [(one.run_id, one.is_damaged, one.is_proved) for one in held_backups()]


def test_health_warns_when_no_backup_is_good(company: Company) -> None:
    chief = browser(company.chief_staff)
    backup = make_run()
    assert "There is none that is good" not in chief.get("/administration/").content.decode()
    make_run(kind="test", backup=backup, state="failed", reason="damaged")
    assert "There is none that is good" in chief.get("/administration/").content.decode()


def test_how_long_a_backup_took_that_was_found_in_the_folder_is_not_known(
    company: Company,
) -> None:
    at = timezone.now()
    found = make_run(origin="command", started_at=at, finished_at=at, release="")
    assert took(found) == "—"
    with translation.override("en"):
        assert took(make_run()) == "3.0 s"
    assert "0.0 s" not in browser(company.chief_staff).get(URL).content.decode()


def test_a_branch_neither_sees_the_page_nor_presses_its_buttons(company: Company) -> None:
    agent, backup = browser(company.agent_staff), make_run()
    assert agent.get(URL).status_code == 403
    assert agent.post(f"{URL}now/").status_code == 403
    assert agent.post(f"{URL}{backup.pk}/test/").status_code == 403
    assert BackupRun.objects.count() == 1


def test_records_of_files_that_are_gone_go_after_a_year_with_their_tests(company: Company) -> None:
    long_ago = timezone.now() - timedelta(days=400)
    times = {"requested_at": long_ago, "started_at": long_ago, "finished_at": long_ago}
    gone, kept = make_run(state="removed", **times), make_run(**times)
    make_run(kind="test", backup=gone, **times)
    run_rule(rule("desk.backups"), clock=timezone.now)
    assert list(BackupRun.objects.all()) == [kept]
    assert company.company.pk
