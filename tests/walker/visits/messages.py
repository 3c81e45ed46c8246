"""Addresses of messages, and of answers that are sent from cases."""

from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit


def _case(post: Any = None, **more: Any) -> Visit:
    args = {"case_id": "{written}"} | more.pop("args", {})
    return Visit(args, post=post, **more)


def _message(post: Any = None, **more: Any) -> Visit:
    return Visit({"message_id": "{message}"}, post=post, **more)


def _batch() -> Visit:
    return Visit({"batch_id": "{batch}"}, post={}, get=NOT_ALLOWED)


_REPLY: Final = {
    "channel": "email",
    "title": "x",
    "text": "y",
    "address": "other@example.com",
}

MESSAGES: Final = {
    "cases:reply": _case(_REPLY, get=NOT_ALLOWED),
    "cases:reply_look": _case(_REPLY | {"channel": "letter"}, get=NOT_ALLOWED),
    "cases:reply_pdf": _case(),
    "cases:reply_page": _case(args={"page": "1"}),
    "cases:reply_undo": _case({}, args={"seq": "{written_seq}"}, get=NOT_ALLOWED),
    "cases:message": _case(args={"message_id": "{message}"}),
    "cases:message_pdf": Visit({"case_id": "{lettered}", "message_id": "{letter}"}),
    "messaging:outbox": Visit(queries=("shelf=waiting", "shelf=sent", "channel=letter")),
    "messaging:try_again": Visit(post={}, get=NOT_ALLOWED, sender="chief"),
    "messaging:message": _message(),
    "messaging:letter_pdf": Visit({"message_id": "{letter}"}),
    "messaging:again": _message({}, get=NOT_ALLOWED),
    "messaging:cancel": _message({}, get=NOT_ALLOWED),
    "messaging:arrival": _message({"what": "arrived"}, get=NOT_ALLOWED),
    "messaging:printing": Visit(),
    "messaging:batch_make": Visit({"organisation_id": "{unit}"}, post={}, get=NOT_ALLOWED),
    "messaging:batch_print": _batch(),
    "messaging:batch_posted": _batch(),
    "messaging:batch_dissolve": _batch(),
    "messaging:email_add": Visit(
        {"customer_id": "{customer}"}, post={"address": "second@example.com"}
    ),
    "messaging:email_change": Visit(
        {"customer_id": "{customer}", "email_id": "{email}"}, post={"what": "drop"}
    ),
    "messaging:notices": Visit(queries=("unit={unit}",)),
    "messaging:notice": Visit({"organisation_id": "{unit}", "occasion": "case_received"}),
}
