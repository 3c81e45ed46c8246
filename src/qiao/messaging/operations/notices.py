"""The texts of notices are changed by two people: one writes, another agrees."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Max

from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.messaging.models import NoticeText, NoticeVersion
from qiao.messaging.rules.notices import checked

PUBLISH: Final = "notice.publish"
RIGHT: Final = "messages.texts"


class NothingChanged(Exception):  # noqa: N818 - names the finding
    """The texts are those that are in use already."""


def propose_texts(
    *,
    occasion: str,
    organisation_id: int,
    texts: Mapping[str, Mapping[str, Any]],
    reason: str,
    actor: Actor,
    now: datetime,
) -> NoticeVersion:
    """Ask a second person to agree to a unit's new text for an occasion.

    Raises `BadPlace`, `TextMissing`, `BadText`, `NothingChanged`, `AlreadyPending`, `Forbidden`.
    """
    required()
    actor.require(RIGHT, organisation_id)
    stored = checked(registry.occasions()[occasion].places, texts)
    why = clean(reason, field="reason", max_length=300, required=True)
    notice, _made = NoticeText.objects.get_or_create(
        occasion=occasion, pack="", organisation_id=organisation_id
    )
    NoticeText.objects.select_for_update().get(pk=notice.pk)
    if notice.versions.filter(state="published", texts=stored).exists():
        raise NothingChanged
    last = notice.versions.aggregate(last=Max("number"))["last"] or 0
    version = NoticeVersion(
        notice=notice,
        number=last + 1,
        texts=stored,
        state="pending",
        reason=why,
        made_at=now,
        made_by_id=actor.staff_id,
    )
    request_approval(
        kind=PUBLISH,
        subject_id=notice.pk,
        organisation_id=organisation_id,
        payload={"number": version.number},
        reason=why,
        actor=actor,
        now=now,
    )
    version.save()
    return version


def _asked(approval: Approval) -> NoticeVersion:
    required()
    return NoticeVersion.objects.select_for_update().get(
        notice=approval.subject_id, number=approval.payload["number"]
    )


def publish_texts(*, approval: Approval, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - as decisions call it
    """Use what a second person agreed to; the former version stays to be read."""
    version = _asked(approval)
    NoticeVersion.objects.filter(notice=version.notice_id, state="published").update(
        state="retired"
    )
    version.state, version.published_at = "published", now
    version.save(update_fields=["state", "published_at"])


def refuse_texts(*, approval: Approval, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - as decisions call it
    """The second person did not agree."""
    version = _asked(approval)
    version.state = "refused"
    version.save(update_fields=["state"])
