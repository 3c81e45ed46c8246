"""Files of a case: many, several at once, refused one by one, looked at, and taken away."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from qiao.cases import operations
from qiao.cases.models import Case, CaseEvent
from qiao.cases.queries import case_page
from qiao.cases.queries.files import NEWEST_FILES, PAGE_FILES, files_page
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core import thumbnails
from qiao.core.attachments import path_of
from qiao.core.incoming_files import Written, take_file
from qiao.core.models import Attachment, AttachmentTally
from qiao.core.stray_files import STRANGE_FOR, sweep_contents
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("media")
PDF = b"%PDF-1.4 a paper"
ENGLISH = HTMX | {"Accept-Language": "en"}


def picture(side: int = 900, colour: str = "navy") -> bytes:
    """A picture larger than the small one."""
    content = io.BytesIO()
    Image.new("RGB", (side, side // 2), colour).save(content, format="PNG")
    return content.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def many(company: Company, case: Case, number: int) -> None:
    """That many rows of one stored content, with their entries, as the operation writes them."""
    written = take_file(io.BytesIO(PDF), file_name="paper.pdf")
    operations.add_attachments(
        case_id=case.pk, files=[written] * number, actor=company.agent, now=NOW
    )


def kept_count(case: Case) -> int:
    found = AttachmentTally.objects.filter(owner_kind="case", owner_id=case.pk).first()
    return found.files if found else 0


def statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act()
    return len(seen)


def test_a_case_of_a_thousand_files_opens_like_one_of_five(
    company: Company, agent: Client
) -> None:
    few, lots = a_case(company), a_case(company)
    many(company, few, 5)
    many(company, lots, 1_000)
    agent.get(page(few))
    asked = {case.pk: statements(partial(agent.get, page(case))) for case in (few, lots)}
    assert asked[lots.pk] == asked[few.pk] <= 17
    seen = case_page(actor=company.agent, case_id=lots.pk, now=NOW)
    assert (len(seen.beside.attachments), seen.beside.file_count) == (NEWEST_FILES, 1_000)
    assert "1000" in text_of(agent.get(page(lots)))


def test_all_files_are_reached_a_page_at_a_time_each_once(company: Company) -> None:
    case = a_case(company)
    many(company, case, 2 * PAGE_FILES + 3)
    found: list[int] = []
    before: int | None = None
    while True:
        part = files_page(case_id=case.pk, before=before)
        found += [item["id"] for item in part.files]
        if part.before is None:
            break
        before = part.before
    own = Attachment.objects.filter(owner_kind="case", owner_id=case.pk)
    assert found == list(own.order_by("-id").values_list("id", flat=True))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["add", "lend", "remove", "move"]), max_size=8), st.data())
def test_the_kept_number_is_the_number_of_rows_whatever_came_and_went(
    company: Company, steps: list[str], data: st.DataObject
) -> None:
    case, other = a_case(company), a_case(company)
    for step in steps:
        own = list(Attachment.objects.filter(owner_kind="case", owner_id=case.pk))
        if step == "add":
            many(company, case, data.draw(st.integers(1, 3)))
        elif own and step == "lend":
            own[0].pk = None
            own[0].owner_id = other.pk
            own[0].save(force_insert=True)
        elif own and step == "move":
            Attachment.objects.filter(pk=own[-1].pk).update(owner_id=other.pk)
        elif own:
            gone = data.draw(st.sampled_from(own))
            operations.remove_attachment(
                case_id=case.pk,
                attachment_id=gone.pk,
                reason="wrong",
                actor=company.agent,
                now=NOW,
            )
    for each in (case, other):
        rows = Attachment.objects.filter(owner_kind="case", owner_id=each.pk)
        assert kept_count(each) == rows.count()
        assert all(path_of(row.sha256).exists() for row in rows)


def test_of_several_files_the_wrong_one_is_named_and_the_others_are_kept(
    company: Company, agent: Client
) -> None:
    case = a_case(company)
    files = [upload("a.pdf", PDF), upload("b.exe", b"MZ\x90"), upload("c.png", picture())]
    answer = agent.post(page(case, "attach"), {"file": files}, headers=ENGLISH)
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "b.exe" in shown
    assert "Save it as one of them" in shown
    kept = Attachment.objects.filter(owner_kind="case", owner_id=case.pk)
    assert sorted(kept.values_list("file_name", flat=True)) == ["a.pdf", "c.png"]
    assert CaseEvent.objects.filter(case=case, kind="attached").count() == 2


def test_a_file_is_read_hashed_and_drawn_before_the_transaction_begins(
    company: Company, agent: Client
) -> None:
    """`take_file` refuses to run inside one, and the page answers: so it ran outside."""
    case = a_case(company)
    with CaptureQueriesContext(connection) as seen:
        sent = {"file": upload("c.png", picture())}
        assert agent.post(page(case, "drop"), sent, headers=HTMX).status_code == 200
    file = Attachment.objects.get(owner_kind="case", owner_id=case.pk)
    assert thumbnails.small_path(file.sha256).exists()
    locks = [query["sql"] for query in seen if "FOR UPDATE" in query["sql"]]
    assert len(locks) == 1


def test_a_dropped_file_that_is_refused_answers_its_own_line(
    company: Company, agent: Client
) -> None:
    case = a_case(company)
    answer = agent.post(page(case, "drop"), {"file": upload("x.pdf", b"MZ\x00")}, headers=HTMX)
    assert answer.status_code == 422
    assert text_of(answer).startswith("<li")
    assert "x.pdf" in text_of(answer)
    assert kept_count(case) == 0


def test_a_picture_is_shown_small_a_paper_in_a_frame_and_a_text_as_text(
    company: Company, agent: Client, outsider: Client
) -> None:
    case = a_case(company)
    for name, content in (("c.png", picture()), ("p.pdf", PDF), ("t.txt", "<b>水</b>".encode())):
        agent.post(page(case, "drop"), {"file": upload(name, content)}, headers=HTMX)
    ids = {row.file_name: row.pk for row in Attachment.objects.filter(owner_id=case.pk)}
    small = agent.get(page(case, "file_small", ids["c.png"]))
    size = Image.open(io.BytesIO(b"".join(small.streaming_content))).size  # type: ignore[attr-defined]
    assert max(size) == thumbnails.SIDE
    framed = agent.get(page(case, "file", ids["p.pdf"]) + "?frame")
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    assert "iframe" in text_of(agent.get(page(case, "file_look", ids["p.pdf"])))
    assert "&lt;b&gt;水" in text_of(agent.get(page(case, "file_look", ids["t.txt"])))
    plain = agent.get(page(case, "file", ids["t.txt"]))
    assert plain["Content-Disposition"].startswith("attachment")
    for name in ("file_look", "file_small", "file_remove"):
        assert outsider.get(page(case, name, ids["c.png"])).status_code == 404


def test_a_removed_file_leaves_its_reason_and_its_content_goes_by_night(
    company: Company, agent: Client, media: Path
) -> None:
    case = a_case(company)
    agent.post(page(case, "drop"), {"file": upload("c.png", picture())}, headers=HTMX)
    file = Attachment.objects.get(owner_kind="case", owner_id=case.pk)
    url = page(case, "file_remove", file.pk)
    assert agent.post(url, {"text": " "}, headers=HTMX).status_code == 422
    assert agent.post(url, {"text": "另一位客户的"}, headers=HTMX).status_code == 200
    assert agent.post(url, {"text": "again"}, headers=HTMX).status_code == 422
    told = CaseEvent.objects.get(case=case, kind="file_removed").data
    assert (told["file_name"], told["reason"]) == ("c.png", "另一位客户的")
    assert agent.get(page(case, "file_look", file.pk)).status_code == 404
    assert agent.get(page(case, "file", file.pk)).status_code == 404
    from_now = path_of(file.sha256).stat().st_mtime
    late = NOW.fromtimestamp(from_now, tz=NOW.tzinfo) + 2 * STRANGE_FOR
    assert sweep_contents(late) == 2
    assert not list(media.rglob(f"{file.sha256}*"))


def test_the_same_content_stays_while_another_case_holds_it(company: Company) -> None:
    case, other = a_case(company), a_case(company)
    written: Written = take_file(io.BytesIO(PDF), file_name="p.pdf")
    told = {"actor": company.agent, "now": NOW}
    kept = operations.add_attachment(case_id=case.pk, file=written, **told)  # type: ignore[arg-type]
    operations.add_attachment(case_id=other.pk, file=written, **told)  # type: ignore[arg-type]
    operations.remove_attachment(
        case_id=case.pk, attachment_id=kept.pk, reason="wrong", **told  # type: ignore[arg-type]
    )  # fmt: skip
    late = NOW.fromtimestamp(path_of(written.sha256).stat().st_mtime, tz=NOW.tzinfo)
    sweep_contents(late + 2 * STRANGE_FOR)
    assert path_of(written.sha256).exists()


def test_a_text_longer_than_the_box_takes_stays_in_it_with_both_figures(
    company: Company, agent: Client
) -> None:
    case = a_case(company)
    text = "水" * 5_000
    answer = agent.post(page(case, "note"), {"text": text}, headers=ENGLISH)
    assert answer.status_code == 422
    shown = text_of(answer)
    assert text in shown
    assert "4000" in shown
    assert "5000" in shown
    assert CaseEvent.objects.filter(case=case, kind="note").count() == 0


def test_a_draft_is_kept_whole_or_refused_never_cut(company: Company, agent: Client) -> None:
    case = a_case(company)
    kept = agent.post(page(case, "draft", "note"), {"text": "水" * 50_000})
    assert kept.status_code == 204
    drafts = case_page(actor=company.agent, case_id=case.pk, now=NOW).beside.drafts
    assert len(drafts["note"]["values"]["text"]) == 50_000
    assert agent.post(page(case, "draft", "note"), {"text": "x" * 100_001}).status_code == 413
