"""What the lake branch wrote to its customer, by e-mail and by letter."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from qiao.cases import operations as cases
from qiao.messaging import operations as messages
from qiao.messaging.models import Message
from tests.world.canaries import MARK, World, marked
from tests.world.cases import open_leak


def add_messages(world: World) -> None:
    """An answer that is on its way, one that may be taken back, and a letter."""
    told: dict[str, Any] = {"actor": world.company.agent, "now": timezone.now()}
    mail = messages.add_email(
        customer_id=world.ids["customer"], address=f"{MARK}@example.com", **told
    )
    held = open_leak(world, "written to")
    letter = open_leak(world, "letter to")
    for case, channel in ((held, "email"), (letter, "letter")):
        reply = cases.Reply(
            channel,
            marked("title"),
            marked("reply"),
            name=marked("receiver"),
            address=f"{MARK}.other@example.com" if channel == "email" else marked("street"),
        )
        cases.reply_to_customer(case_id=case.pk, reply=reply, **told)
    for case in (held, letter):
        case.refresh_from_db()
    sent, printed = Message.objects.order_by("pk")
    Message.objects.filter(pk=printed.pk).update(
        due_at=told["now"] - timedelta(minutes=1), held_until=told["now"] - timedelta(minutes=1)
    )
    cases.keep_draft(
        case_id=held.pk,
        box="reply",
        values={"channel": "letter", "title": marked("title"), "text": marked("draft reply")},
        **told,
    )
    mixed = open_leak(world, "batch")
    cases.reply_to_customer(
        case_id=mixed.pk,
        reply=cases.Reply(
            "letter", marked("title"), marked("reply"), marked("receiver"), marked("street")
        ),
        **told,
    )
    Message.objects.filter(subject_id=mixed.pk).update(held_until=told["now"], due_at=told["now"])
    batch = messages.make_batch(
        organisation_id=world.company.lake.pk, **told | {"actor": world.company.agent}
    )
    Message.objects.filter(pk=printed.pk).update(state="queued", print_batch=None)
    messages.propose_texts(
        occasion="case_received",
        organisation_id=world.company.lake.pk,
        texts={
            language: {"title": marked("notice"), "body": marked("notice")}
            for language in ("zh-Hans", "zh-Hant", "en")
        },
        reason=marked("why"),
        **told,
    )
    world.ids |= {
        "batch": batch.pk,
        "written": held.pk,
        "written_seq": held.event_count,
        "lettered": letter.pk,
        "email": mail.pk,
        "message": sent.pk,
        "letter": printed.pk,
    }
