"""What happens to reports of a common cause by jobs: told, ended, marked; bursts looked for."""

from datetime import datetime

from qiao.cases import operations
from qiao.cases.events import AlikeNoticeWritten, ParentMarked
from qiao.core import events
from qiao.core.events import Envelope
from qiao.core.transactions import acting


def on_notice_written(*, event: AlikeNoticeWritten, envelope: Envelope) -> None:
    """Tell a batch of reports; the next batch is a job of its own."""
    if operations.go_on(notice_id=event.notice_id, now=envelope.occurred_at):
        events.publish(
            event,
            organisation_id=envelope.organisation_id,
            actor=None,
            now=envelope.occurred_at,
        )


def on_parent_marked(*, event: ParentMarked, envelope: Envelope) -> None:
    """Let a batch of reports know what was reached; the next batch is a job of its own."""
    after = operations.follow_parent(
        parent_id=event.parent_id,
        kind=event.kind,
        at=event.at,
        after_id=event.after_id,
        now=envelope.occurred_at,
    )
    if after is not None:
        events.publish(
            ParentMarked(event.parent_id, event.kind, event.at, after),
            organisation_id=envelope.organisation_id,
            actor=None,
            now=envelope.occurred_at,
        )


def note_bursts(now: datetime) -> None:
    """Look for bursts of reports."""
    with acting(None):
        operations.note_bursts(now=now)
