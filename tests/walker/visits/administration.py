"""Addresses of the administration."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

ADMINISTRATION: Final = {
    "administration:home": Visit(),
    "administration:parameters": Visit(queries=("on=2020-01-01", "unit={unit}", "on=x&unit=x")),
    "administration:parameter": Visit(
        {"key": "feedback.attempt_gap_minutes"},
        post={
            "value": "45",
            "valid_from": "2099-01-01",
            "organisation": "",
            "region": "",
            "source": "tested",
        },
        sender="chief",
    ),
    "administration:retention": Visit(reader="chief"),
    "administration:backups": Visit(queries=("after=9", "after=x"), reader="chief"),
    "administration:backup_now": Visit(post={}, get=NOT_ALLOWED, sender="chief"),
    "administration:backup_test": Visit(
        {"backup_id": "{backup}"}, post={}, get=NOT_ALLOWED, sender="chief"
    ),
    "administration:codes": Visit(),
    "administration:code_table": Visit(
        {"key": "staff.units"}, queries=("part=all&q=x", "after=9")
    ),
    "administration:code_row": Visit({"key": "staff.units", "row_key": "{unit}"}),
    "administration:code_add": Visit(
        {"key": "staff.people", "action_key": "add"},
        post={"number": "7801", "name": "x", "unit": "{unit}", "role": "agent"},
    ),
    "administration:code_action": Visit(
        {"key": "staff.units", "row_key": "{unit}", "action_key": "rename"},
        post={"name": "滨湖分公司"},
    ),
    "administration:jobs": Visit(
        queries=("status=all", "status=todo&queue=events&after=9", "queue=x"), reader="chief"
    ),
    "administration:job": Visit(
        {"job_id": "{job}"},
        post={"verb": "give_up", "reason": "x"},
        reader="chief",
        sender="chief",
    ),
    "administration:problems": Visit(
        queries=("state=all&source=person", "state=fixed&q=x", "after=x")
    ),
    "administration:problem": Visit(
        {"problem_id": "{problem}"},
        post={"state": "accepted", "severity": "2", "owner": "", "answer": "x"},
    ),
    "administration:problem_export": Visit(post={"form": "xlsx"}, get=NOT_ALLOWED, own=True),
    "administration:decisions": Visit(queries=("state=all", "after=99")),
    "administration:decision": Visit(
        {"approval_id": "{approval}"}, post={"word": "agree", "note": "x"}, sender="colleague"
    ),
    "administration:corrections": Visit(queries=("state=pending", "after=99")),
    "administration:correction_new": Visit(queries=("number=x&kind=customers.account",)),
    "administration:correction_export": Visit(post={"form": "csv"}, get=NOT_ALLOWED, own=True),
    "administration:correct": Visit(
        {"key": "customers.customer", "record_id": "{customer}"},
        post={"field-name": "王五", "field-kind": "person", "field-gender": "", "reason": "x"},
    ),
    "administration:trail": Visit(
        queries=("table=customers_customer&since=2020-01-01", "row=1&before=x", "request=x"),
        reader="chief",
    ),
    "administration:customer_trail": Visit({"customer_id": "{customer}"}),
    "administration:disclosures": Visit(queries=("kind=export", "q=x", "person={agent}")),
    "administration:disclosure_export": Visit(post={"form": "xlsx"}, get=NOT_ALLOWED, own=True),
}
