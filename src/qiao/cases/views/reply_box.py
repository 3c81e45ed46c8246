"""What the reply box of a case needs, wherever it is drawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qiao.cases.forms.replying import ReplyForm
from qiao.cases.models import Case
from qiao.cases.queries.files import files_page
from qiao.cases.showing.detail import Detail, rights_on
from qiao.cases.showing.replies import ReplyTo, reply_to
from qiao.core.actor import Actor


def reply_box(detail: Detail, *, now: datetime) -> dict[str, Any]:
    """The form with the draft in it, and who gets the answer; empty where nobody may answer, or
    where a colleague asked."""
    if not _is_offered(detail.case, detail.may):
        return {}
    draft = detail.drafts.get("reply", {}).get("values", {})
    to = reply_to(detail.case, now=now, channel=str(draft.get("channel") or ""))
    return {"reply_form": reply_form(detail.files, to, draft=draft), "reply": to}


def sent_box(case: Case, *, actor: Actor, now: datetime, data: Any) -> dict[str, Any]:
    """The same bound to what was sent, without reading the rest of the page."""
    if not _is_offered(case, rights_on(case, actor)):
        return {}
    to = reply_to(case, now=now, channel=str(data.get("channel") or ""))
    files = files_page(case_id=case.pk).files if data.get("enclosed") else []
    return {"reply_form": reply_form(files, to, data=data), "reply": to}


def _is_offered(case: Case, may: Mapping[str, bool]) -> bool:
    return may["work"] and not case.is_internal


def reply_form(
    files: Sequence[Mapping[str, Any]],
    to: ReplyTo,
    *,
    data: Any = None,
    draft: dict[str, Any] | None = None,
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
        files=[(int(item["id"]), str(item["label"] or item["file_name"])) for item in files],
        needs_address=not to.chosen.address,
        auto_id="reply-%s",
    )
