"""What cases hold of a person: their own cases, and those that they called about."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Held, Hinder, Person, PersonalData, ids_of, select

OWNER_KIND = "case"
_OWN = (
    "(c.customer_id = ANY(%(ids)s)"
    " OR (c.customer_id IS NULL AND c.caller_phone = ANY(%(phones)s)))"
)
_CASES = f"""
SELECT c.number, t.key AS type, c.title, c.description, c.facts, c.place, c.caller_name,
       c.caller_phone, c.channel, c.priority, c.phase, c.outcome, c.opened_at, c.closed_at
  FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id WHERE {_OWN} ORDER BY c.id
"""
_EVENTS = f"""
SELECT c.number AS case_number, e.at, e.kind, e.data
  FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id WHERE {_OWN}
 ORDER BY e.case_id, e.seq
"""
_PROMISED = f"""
SELECT c.number AS case_number, w.given_at, w.text, w.due_at, w.state, w.done_at
  FROM cases_caseword w JOIN cases_case c ON c.id = w.case_id WHERE {_OWN} ORDER BY w.id
"""
_SUBTASKS = f"""
SELECT c.number AS case_number, k.title, k.state, k.words, k.due_at, k.given_at, k.ended_at
  FROM cases_subtask k JOIN cases_case c ON c.id = k.case_id WHERE {_OWN} ORDER BY k.id
"""
_CLEAR = """
UPDATE cases_case SET title = '–', description = '', facts = qiao_redacted(facts), place = '',
       caller_name = '', caller_phone = '', version = version + 1
 WHERE id = ANY(%(cases)s)
"""
_CALLED = """
UPDATE cases_case SET caller_name = '', caller_phone = '', version = version + 1
 WHERE caller_phone = ANY(%(phones)s)
"""


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def own_cases(person: Person) -> list[int]:
    """Ids of a person's own cases, and of those that they called about unknown."""
    return ids_of(f"SELECT c.id FROM cases_case c WHERE {_OWN}", _values(person))


def collect(person: Person) -> Sequence[Held]:
    """Cases with all that was written into them, and their files."""
    files = Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=own_cases(person))
    return [
        Held(_("Cases"), select(_CASES, _values(person)), list(files)),
        Held(_("What happened to cases"), select(_EVENTS, _values(person))),
        Held(_("Promised to the customer"), select(_PROMISED, _values(person))),
        Held(_("Sub-tasks of cases"), select(_SUBTASKS, _values(person))),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """Numbers, types, times and outcomes of cases stay; words, people and files go."""
    cases = own_cases(person)
    called = ids_of(
        "SELECT id FROM cases_case WHERE caller_phone = ANY(%(phones)s)", _values(person)
    )
    values = {"cases": cases, **_values(person)}
    erasing.run("cases.cases", _CLEAR, values)
    erasing.run("cases.cases", _CALLED, values)
    erasing.redact(
        "cases.events",
        table="cases_caseevent",
        by="case_id",
        ids=sorted({*cases, *called}),
        fields=["data"],
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_caserisk SET phrases = '[]', refused_reason = CASE WHEN refused_at IS NULL"
        " THEN '' ELSE '–' END WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_outletfinding SET text = '–' WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_dispute SET bill = '–' || id, amount = NULL,"
        " stays_because = CASE WHEN stays_because = '' THEN '' ELSE '–' END,"
        " outcome = CASE WHEN outcome = '' THEN '' ELSE '–' END WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_casegreen SET reason = CASE WHEN reason = '' THEN '' ELSE '–' END"
        " WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_digestitem SET words = CASE WHEN words = '' THEN '' ELSE '–' END,"
        " done_words = CASE WHEN done_words = '' THEN '' ELSE '–' END"
        " WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_caseword SET text = '–' WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_subtask SET title = '–', words = CASE WHEN words = '' THEN '' ELSE '–' END"
        " WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.links", "DELETE FROM cases_publiclink WHERE case_id = ANY(%(cases)s)", values
    )
    erasing.run(
        "cases.drafts", "DELETE FROM cases_casedraft WHERE case_id = ANY(%(cases)s)", values
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_casesnooze SET reason = '' WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.run(
        "cases.events",
        "UPDATE cases_caseduty SET result = qiao_redacted(result) WHERE case_id = ANY(%(cases)s)",
        values,
    )
    erasing.drop_files("cases.files", owner_kind=OWNER_KIND, owner_ids=cases)


def hinders(person: Person) -> Sequence[Hinder]:
    """Cases that are open."""
    rows = select(
        f"SELECT c.id, c.number FROM cases_case c WHERE {_OWN} AND c.closed_at IS NULL"
        " ORDER BY c.id LIMIT 5",
        _values(person),
    )
    return [
        Hinder(
            _("Case %(number)s is open.") % {"number": row["number"]},
            reverse("cases:detail", args=[row["id"]]),
        )
        for row in rows
    ]


PERSONAL = (
    PersonalData(
        key="cases",
        order=40,
        collect=collect,
        erase=erase,
        hinders=hinders,
        counted={
            "cases.cases": _("Cases without title, words and caller"),
            "cases.events": _("Entries in the history of cases without words"),
            "cases.drafts": _("Drafts of cases"),
            "cases.files": _("Files of cases"),
            "cases.links": _("Personal links to cases"),
        },
    ),
)
