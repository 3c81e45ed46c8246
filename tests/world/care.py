"""What is good to know of the customer, who is to be erased, whose data are handed out."""

import io
from datetime import timedelta
from typing import Any

from django.utils import timezone

from qiao.customers.operations import care, documents
from qiao.customers.operations import register_customer as register
from qiao.customers.operations.erasing import request_erasure
from qiao.customers.operations.subject_access import ask_subject_access
from tests.world.canaries import MARK, World, marked


def add_requests(world: World) -> None:
    """A person to be erased, one whose data are handed out, and what is good to know of them."""
    agent, now = world.company.agent, world.now
    told: dict[str, Any] = {"actor": agent, "now": now, "customer_id": world.ids["customer"]}
    note = care.add_note(
        text=marked("pinned"), is_pinned=True, **(told | {"now": now + timedelta(hours=2)})
    )
    care.set_preferences(needs_text=marked("needs"), **told)
    care.record_consent(
        purpose="marketing", is_given=True, how="written", proof=marked("proof"), **told
    )
    kept = documents.add_document(
        told=documents.NewDocument(
            "letter", marked("letter"), timezone.localdate(now), timezone.localdate(now)
        ),
        file=io.BytesIO(marked("words of a letter").encode()),
        file_name=f"{MARK}.txt",
        **told,
    )
    documents.read_document(document_id=kept.pk, now=now)
    world.ids |= {"note": note.pk, "document": kept.pk}
    gone = register(
        actor=agent, now=now, organisation_id=world.company.lake.pk, name=marked("to be erased")
    )
    free = register(
        actor=agent, now=now, organisation_id=world.company.lake.pk, name=marked("without account")
    )
    erasure = request_erasure(
        actor=agent, now=now, customer_id=gone.pk, basis="request", reason=marked("erase")
    )
    export = ask_subject_access(
        actor=agent,
        now=now,
        customer_id=world.ids["customer"],
        reason=marked("access"),
        language="en",
    )
    world.ids |= {"erasure": erasure.pk, "packed": export.pk, "free": free.pk}
    world.canaries |= {gone.number, free.number}
