"""A case on paper."""

import io

from django.test import Client
from pypdf import PdfReader

from qiao.cases import operations
from qiao.cases.tests.browsing import page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.models import Disclosure
from qiao.staff.tests.cast import Company

SECRET = "colleagues only #strong[x]"


def test_a_case_is_printed_as_a_pdf_and_that_is_recorded(company: Company, agent: Client) -> None:
    case = a_case(company)
    operations.add_note(case_id=case.pk, text=SECRET, actor=company.agent, now=NOW)
    sent = agent.post(page(case, "print"), {"form": "pdf"})
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(sent.content)).pages)
    assert case.number in text
    assert "colleagues" not in text
    kept = Disclosure.objects.get(subject="cases.case", subject_id=case.pk)
    assert (kept.actor_id, kept.reason) == (company.agent.staff_id, "print")


def test_notes_for_colleagues_go_along_only_when_chosen(company: Company, agent: Client) -> None:
    case = a_case(company)
    operations.add_note(case_id=case.pk, text=SECRET, actor=company.agent, now=NOW)
    without = text_of(agent.post(page(case, "print"), {"form": "page"}))
    assert SECRET not in without
    assert SECRET in text_of(agent.post(page(case, "print"), {"form": "page", "inside": "on"}))


def test_what_looks_like_code_is_set_as_text(company: Company, agent: Client) -> None:
    case = a_case(company, title='#panic("x") *a* $b$')
    sent = agent.post(page(case, "print"), {"form": "pdf", "inside": "on"})
    text = PdfReader(io.BytesIO(sent.content)).pages[0].extract_text()
    assert "#panic" in text


def test_nobody_from_next_door_prints_it(company: Company, outsider: Client) -> None:
    case = a_case(company)
    assert outsider.post(page(case, "print"), {"form": "pdf"}).status_code == 404
    assert not Disclosure.objects.filter(subject="cases.case").exists()
