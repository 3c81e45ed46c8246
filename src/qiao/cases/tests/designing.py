"""A designer of processes and a second person, for the tests."""

from datetime import datetime
from typing import Any

from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.operations import designing
from qiao.cases.rules.draft_parts import Part, own_values, stamp
from qiao.core.actor import Actor
from qiao.core.approvals import decide
from qiao.core.models import Approval
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

KEY = "water.service"


def second_person(company: Company) -> Actor:
    """Somebody else of the company who may agree."""
    return actor_for(person(number="9002", name="孙岚", branch=company.company), day=TODAY)


def begun(company: Company, now: datetime, key: str = KEY) -> ProcessDraft:
    """A draft begun from the version in force."""
    current = designing.current_version(key, now)
    assert current is not None
    return designing.begin_draft(version_id=current.pk, actor=company.chief, now=now)


def change(draft: ProcessDraft, part: str, actor: Actor, now: datetime, **values: Any) -> Any:
    """Give a part of a draft other values, as somebody does who sees it as it stands."""
    chosen = Part.read(part)
    stands = own_values(ProcessDraft.objects.get(pk=draft.pk).definition, chosen)
    return designing.save_part(
        draft_id=draft.pk,
        part=chosen,
        values={**stands, **values},
        seen=stamp(stands),
        actor=actor,
        now=now,
    )


def publish(
    draft: ProcessDraft, company: Company, second: Actor, now: datetime, **more: Any
) -> ProcessVersion:
    """Publish a draft: asked for by the chief, agreed to by another."""
    asked = designing.ask_to_publish(
        draft_id=draft.pk,
        reason="Too many cases came back without a photo",
        actor=company.chief,
        now=now,
        **{"from_when": None, **more},
    )
    agree(asked, second, now)
    draft.refresh_from_db()
    assert draft.published is not None
    return draft.published


def agree(asked: Approval, second: Actor, now: datetime) -> None:
    """The second person agrees, and it is carried out."""
    decided = decide(approval_id=asked.pk, approve=True, note="", actor=second, now=now)
    designing.publish_agreed(approval=decided, actor=second, now=now)
