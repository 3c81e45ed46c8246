"""Files of readings: columns known by name, a dry run, nothing twice, killed and resumed."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from qiao.core.actor import Forbidden
from qiao.core.table_uploads import BadMapping, FileChanged, FileMovedOn
from qiao.core.transactions import acting
from qiao.metering.models import Reading, ReadingFile
from qiao.metering.operations.file_batches import FileWork
from qiao.metering.operations.files import FILES
from qiao.metering.rules.file_rows import TABLE, read_row
from qiao.metering.tests.cast import NOW, Metered, make_metered

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def metered(media: Path) -> Metered:
    return make_metered()


def receive(metered: Metered, data: str | bytes, name: str = "抄表.csv") -> ReadingFile:
    raw = data.encode() if isinstance(data, str) else data
    return FILES.receive(
        actor=metered.company.agent,
        organisation_id=metered.company.lake.pk,
        upload=SimpleUploadedFile(name, raw),
        now=NOW,
    )


def check(metered: Metered, file: ReadingFile) -> ReadingFile:
    return FILES.run_check(actor=metered.company.agent, file_id=file.pk, now=NOW)


def take(metered: Metered, file: ReadingFile) -> ReadingFile:
    with acting(metered.company.agent):
        FILES.start(actor=metered.company.agent, file_id=file.pk)
    return FILES.run(actor=metered.company.agent, file_id=file.pk, now=NOW)


def lines(metered: Metered, *rows: str) -> str:
    one, two = (point.meter_number for point in metered.points)
    return "\n".join(["表号,抄表日期,本期示数,抄表方式,备注", *rows]).format(one=one, two=two)


def counts(file: ReadingFile) -> tuple[int, int, int, int, int]:
    return (
        file.read_count, file.taken_count, file.exception_count, file.known_count,
        file.refused_count,
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        ["表号", "抄表日期", "本期示数", "备注", "抄表员"],
        ["Meter number", "Reading date", "Reading", "Reason", "Reader"],
        ["錶號", "抄錶時間", "示數", "備註", "抄錶員"],
    ],
)
def test_columns_are_known_by_their_names(header: list[str]) -> None:
    assert [each.field for each in TABLE.propose(header)] == [
        "meter", "day", "value", "reason", "reader",
    ]  # fmt: skip


def test_a_row_says_when_how_and_what() -> None:
    mapping = {0: "meter", 1: "day", 2: "value", 3: "method"}
    row = read_row(["W-1", "2026/3/5 09:30", " 1,234 ", "远传"], mapping, ZONE)
    assert (row.meter, row.raw, row.method, row.faults) == ("W-1", "1,234", "remote", [])
    assert str(row.at) == "2026-03-05 09:30:00+08:00"
    assert read_row(["W-1", "2026年3月5日", "1", ""], mapping, ZONE).at == date(2026, 3, 5)
    bad = read_row(["", "5/3/2026", "", "看了"], mapping, ZONE)
    assert [(fault.field, fault.code) for fault in bad.faults] == [
        ("meter", "meter"), ("value", "empty"), ("method", "method"), ("day", "year-last"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_file_is_checked_first_and_then_taken_in_once(metered: Metered) -> None:
    data = lines(
        metered,
        "{one},2026-01-05,100,实抄,",
        "{one},2026-02-05,120,实抄,",
        "{two},2026-01-05,x,实抄,",
        "{two},2030-01-05,7,实抄,",
        "W-0,2026-01-05,7,实抄,",
        "{two},2026-01-05,7,估抄,门锁",
    )
    file = check(metered, receive(metered, data))
    assert not Reading.objects.exists()
    found = file.findings
    assert (file.state, found["rows"], found["new"], found["refused"]) == ("checked", 6, 3, 3)
    assert sorted(tuple(each[:3]) for each in found["faults"]) == [
        ("day", "future", 1), ("meter", "unknown", 1), ("value", "number", 1),
    ]  # fmt: skip
    done = take(metered, file)
    assert (done.state, counts(done)) == ("done", (6, 3, 0, 0, 3))
    assert not done.is_on_disk
    told = {row.row_number: row.faults for row in done.refused.all()}
    assert told[4] == [{"field": "value", "code": "number", "found": "x", "expected": ""}]
    guess = Reading.objects.get(method="estimated")
    assert (guess.value, guess.reason) == (Decimal(7), "门锁")
    again = take(metered, check(metered, receive(metered, data)))
    assert counts(again) == (6, 0, 0, 3, 3)


@pytest.mark.django_db
def test_a_workbook_is_read_too(metered: Metered) -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(["Meter", "Date", "Reading"]):
            sheet.write(0, column, name)
        style = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(1, 0, metered.points[0].meter_number)
        sheet.write_datetime(1, 1, NOW.replace(tzinfo=None), style)
        sheet.write(1, 2, 321)
    file = take(metered, check(metered, receive(metered, stream.getvalue(), "readings.xlsx")))
    assert counts(file) == (1, 1, 0, 0, 0)
    assert Reading.objects.get().value == 321


@pytest.mark.django_db
def test_columns_that_nobody_knows_are_named_by_a_person(metered: Metered) -> None:
    meter = metered.points[0].meter_number
    file = receive(metered, f"A,B,C\n{meter},2026-01-05,100\n")
    assert file.state == "mapping"
    agent = metered.company.agent
    with pytest.raises(BadMapping) as refused, acting(agent):
        FILES.name_columns(actor=agent, file_id=file.pk, mapping={0: "meter", 1: "day"})
    assert refused.value.faults == [("missing", "value")]
    with acting(agent):
        FILES.name_columns(
            actor=agent, file_id=file.pk, mapping={0: "meter", 1: "day", 2: "value"}
        )
    assert counts(take(metered, check(metered, file))) == (1, 1, 0, 0, 0)


@pytest.mark.django_db
def test_a_run_that_was_killed_goes_on_after_its_last_batch(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FILES, "size", 2)
    data = lines(
        metered, *[f"{{one}},2026-{m:02d}-05,{100 + m * 9 + m % 2}," for m in range(1, 7)]
    )
    file = check(metered, receive(metered, data))
    take_batch, agent = FileWork.take, metered.company.agent
    calls = []

    def dies(*args: object, **how: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return take_batch(*args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(FileWork, "take", dies)
    with pytest.raises(KeyboardInterrupt):
        take(metered, file)
    assert ReadingFile.objects.get(pk=file.pk).read_count == 2
    with acting(agent):
        FILES.resume(actor=agent, file_id=file.pk)
    done = FILES.run(actor=agent, file_id=file.pk, now=NOW)
    assert (done.state, counts(done)) == ("done", (6, 6, 0, 0, 0))
    assert Reading.objects.count() == 6


@pytest.mark.django_db
def test_a_file_belongs_to_its_unit_and_goes_when_it_is_discarded(metered: Metered) -> None:
    file = receive(metered, lines(metered, "{one},2026-01-05,100,,"))
    agent = metered.company.agent
    with pytest.raises(Forbidden), acting(metered.company.outsider):
        FILES.discard(actor=metered.company.outsider, file_id=file.pk)
    with acting(agent):
        FILES.discard(actor=agent, file_id=file.pk)
    with pytest.raises(FileMovedOn), acting(agent):
        FILES.start(actor=agent, file_id=file.pk)


@pytest.mark.django_db
def test_a_run_that_finds_another_ahead_of_it_takes_no_batch_twice(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FILES, "size", 2)
    rows = [f"{{one}},2026-{m:02d}-05,{100 + m * 9 + m % 2}," for m in range(1, 7)]
    file = check(metered, receive(metered, lines(metered, *rows)))
    locked, ahead = FILES.locked, []

    def overtaken(*args: object) -> ReadingFile:
        """At the second batch a run of which nobody knew has done it already."""
        ahead.append(1)
        if len(ahead) == 3:  # the start is the first
            ReadingFile.objects.filter(pk=file.pk).update(read_count=4)
        return locked(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(FILES, "locked", overtaken)
    left = take(metered, file)
    assert (left.state, Reading.objects.count()) == ("running", 2)
    assert left.read_count == 2  # the other's batch was told in this one's transaction
    assert FILES.run(actor=metered.company.agent, file_id=file.pk, now=NOW).state == "done"


@pytest.mark.django_db
def test_a_file_that_is_gone_is_told_unless_somebody_went_back_meanwhile(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, agent = lines(metered, "{one},2026-01-05,100,,"), metered.company.agent
    gone = receive(metered, data)
    FILES.path_of(gone.pk).unlink()
    told = check(metered, gone)
    assert (told.state, told.failure, told.is_on_disk) == ("failed", "gone", False)
    reopened = receive(metered, data)

    def unreadable(file: ReadingFile, *_how: object) -> None:
        FILES.reopen_columns(actor=agent, file_id=file.pk)
        raise FileChanged(file.file_name)

    monkeypatch.setattr(FILES, "check", unreadable)
    with acting(agent):
        left = check(metered, reopened)
    assert (left.state, left.failure) == ("mapping", "")


@pytest.mark.django_db
def test_work_whose_file_is_gone_does_not_go_on(metered: Metered) -> None:
    agent = metered.company.agent
    file = check(metered, receive(metered, lines(metered, "{one},2026-01-05,100,,")))
    with acting(agent):
        FILES.start(actor=agent, file_id=file.pk)
    assert FILES.is_lost(ReadingFile(pk=0, state="running"))
    assert not FILES.is_lost(file)
    ReadingFile.objects.update(is_on_disk=False)
    with pytest.raises(FileMovedOn), acting(agent):
        FILES.resume(actor=agent, file_id=file.pk)
