"""Documents: what is taken, what is refused, how they are found, who may open which."""

import io
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from qiao.core.actor import Forbidden
from qiao.core.attachments import FileRefused, path_of
from qiao.core.models import Attachment, Disclosure
from qiao.core.tests.deliveries import run_background
from qiao.customers.models import Customer, Document
from qiao.customers.operations.documents import (
    NewDocument,
    add_document,
    open_document,
    read_document,
)
from qiao.customers.operations.refusals import ReasonMissing
from qiao.customers.queries import NotVisible
from qiao.customers.queries.documents import documents_of, ending_documents, find_documents
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

WORDS = "供用水合同约定：水表由甲方每六年更换一次。"


def office(part: str, body: str, **more: bytes) -> bytes:
    """A small office file with one part of words."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(part, f'<w:d xmlns:w="w"><w:p><w:t>{body}</w:t></w:p></w:d>')
        for name, content in more.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def pdf(text: str) -> bytes:
    """A page with one line of Latin text."""
    stream = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


@pytest.fixture
def world(db: None, media: Path) -> Company:
    return make_company()


@pytest.fixture
def known(world: Company) -> Customer:
    return make_customer(world.agent)


def keep(world: Company, customer: Customer, content: bytes, **changes: Any) -> Document:
    values: dict[str, Any] = {"kind": "contract", "title": "供水合同", "dated": TODAY, **changes}
    replaces_id = values.pop("replaces_id", None)
    kept = add_document(
        actor=world.agent,
        now=NOW,
        customer_id=customer.pk,
        told=NewDocument(**values),
        file=io.BytesIO(content),
        file_name="a.bin",
        replaces_id=replaces_id,
    )
    run_background()
    return kept


@pytest.mark.parametrize(
    ("content", "term"),
    [
        (office("word/document.xml", WORDS), "六年更换"),
        (office("xl/workbook.xml", "", xl__sharedStrings__xml=b"<a/>"), "供水"),
        (
            office("ppt/presentation.xml", "", **{"ppt__slides__slide1.xml": b"<s>slow leak</s>"}),
            "slow leak",
        ),
        (pdf("Meter protocol W-30000001"), "w-3000"),
        (WORDS.encode("gb18030"), "水表由甲方"),
        (WORDS.encode(), "更换"),
    ],
)
def test_a_document_is_found_by_what_it_says(
    world: Company, known: Customer, content: bytes, term: str
) -> None:
    kept = keep(world, known, content)
    found = find_documents(actor=world.agent, text=term, limit=10)
    assert [each.document_id for each in found] == [kept.pk]
    assert find_documents(actor=world.agent, text="没有的话", limit=10) == []
    assert find_documents(actor=world.outsider, text=term, limit=10) == []
    assert len(documents_of(actor=world.agent, customer_id=known.pk, text=term)) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (office("word/document.xml", "x", word__vbaProject__bin=b""), ""),
        (office("word/document.xml", "x", **{"word__vbaProject.bin": b"x"}), "macros"),
        (office("other/part.xml", "x"), "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        (b"PK\x03\x04 cut off", "damaged"),
        (office("word/document.xml", "0" * 30_000_000), "damaged"),
        (b"\x00\x01\x02", "wrong_type"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_trusted_is_refused(
    world: Company, known: Customer, content: bytes, reason: str
) -> None:
    if not reason:
        assert keep(world, known, content).pk
        return
    with pytest.raises(FileRefused) as refusal:
        keep(world, known, content)
    assert refusal.value.reason == reason


def test_a_new_version_stands_before_the_old_one(world: Company, known: Customer) -> None:
    old = keep(world, known, b"old words")
    new = keep(world, known, b"new words", replaces_id=old.pk)
    listed = documents_of(actor=world.agent, customer_id=known.pk)
    assert [each.pk for each in listed] == [new.pk]
    html = browser(world.agent_staff).get(reverse("customers:document", args=[new.pk]))
    assert reverse("customers:document", args=[old.pk]) in html.content.decode()
    with pytest.raises(NotVisible):
        keep(world, known, b"again", replaces_id=old.pk)


def test_documents_that_end_are_listed_before_they_do(world: Company, known: Customer) -> None:
    kept = keep(world, known, b"x", expires=date(2026, 12, 20))
    asked: dict[str, Any] = {"actor": world.agent, "today": TODAY}
    assert [each.document_id for each in ending_documents(days=30, **asked)] == [kept.pk]
    assert ending_documents(days=5, **asked) == []
    assert ending_documents(actor=world.outsider, today=TODAY, days=60) == []


def test_a_copy_of_an_identity_document_opens_with_a_reason_and_on_record(
    world: Company, known: Customer
) -> None:
    kept = keep(world, known, b"copy", kind="identity", title="身份证复印件")
    with pytest.raises(ReasonMissing):
        open_document(actor=world.agent, now=NOW, document_id=kept.pk)
    url = reverse("customers:document_file", args=[kept.pk])
    agent = browser(world.agent_staff)
    assert agent.get(url).status_code == 302
    answer: Any = agent.post(url, {"reason": "verify"})
    assert b"".join(answer.streaming_content) == b"copy"
    assert Disclosure.objects.get().fields == ["document"]
    clerk = person(
        number="8",
        name="读者",
        branch=world.lake,
        permissions=("customers.view", "customers.documents"),
    )
    with pytest.raises(Forbidden):
        open_document(actor=actor_for(clerk, day=TODAY), now=NOW, document_id=kept.pk, reason="x")
    with pytest.raises(NotVisible):
        open_document(actor=world.outsider, now=NOW, document_id=kept.pk, reason="x")


def test_the_page_takes_a_file_and_serves_it(world: Company, known: Customer) -> None:
    agent = browser(world.agent_staff)
    answer = agent.post(
        reverse("customers:document_add", args=[known.pk]),
        {
            "file": SimpleUploadedFile("合同.docx", office("word/document.xml", WORDS)),
            "kind": "contract",
            "title": "供水合同",
            "dated": "2026-11-01",
        },
    )
    assert answer.status_code == 302
    kept = Document.objects.get()
    read_document(document_id=kept.pk, now=NOW)
    read_document(document_id=kept.pk, now=NOW)
    listed = agent.get(reverse("customers:document_work"), {"q": "甲方"}).content.decode()
    assert "供水合同" in listed
    served = agent.get(reverse("customers:document_file", args=[kept.pk]))
    assert "attachment" in served["Content-Disposition"]
    assert path_of(Attachment.objects.get().sha256).is_file()
    refused = agent.post(
        reverse("customers:document_add", args=[known.pk]),
        {
            "file": SimpleUploadedFile("a.docx", b"PK\x03\x04"),
            "kind": "contract",
            "title": "x",
            "dated": "2026-11-01",
            "expires": "2026-10-01",
        },
    )
    assert refused.status_code == 422
