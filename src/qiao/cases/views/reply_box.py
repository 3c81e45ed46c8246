"""What the reply box of a case needs, wherever it is drawn."""

from datetime import datetime
from typing import Any

from qiao.cases.forms.replying import ReplyForm
from qiao.cases.showing.detail import Detail
from qiao.cases.showing.replies import ReplyTo, reply_to


def reply_box(detail: Detail, *, now: datetime, data: Any = None) -> dict[str, Any]:
    """The form with the draft in it, and who gets the answer; empty where nobody may answer, or
    where a colleague asked."""
    if not detail.may.get("work") or detail.case.is_internal:
        return {}
    draft = detail.drafts.get("reply", {}).get("values", {})
    asked = data if data is not None else draft
    to = reply_to(detail.case, now=now, channel=str(asked.get("channel") or ""))
    return {"reply_form": reply_form(detail, to, data=data, draft=draft), "reply": to}


def reply_form(
    detail: Detail, to: ReplyTo, *, data: Any = None, draft: dict[str, Any] | None = None
) -> ReplyForm:
    """The form, bound if `data` was sent."""
    kept = dict(draft or {})
    if not isinstance(kept.get("enclosed", []), list):
        kept["enclosed"] = [kept["enclosed"]]
    initial = {"channel": to.chosen.key, "name": to.name, "title": to.title} | kept
    return ReplyForm(
        data,
        initial=initial,
        channels=[(way.key, way.label) for way in to.ways if way.is_open],
        files=[
            (int(item["id"]), str(item["label"] or item["file_name"])) for item in detail.files
        ],
        needs_address=not to.chosen.address,
        auto_id="reply-%s",
    )
