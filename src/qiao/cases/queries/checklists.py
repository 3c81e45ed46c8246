"""Which checklists hold for a case now, what of them is open, and what packs ship of them."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case, Checklist
from qiao.cases.queries.reading import NotVisible
from qiao.cases.rules.checklists import SeedChecklist, read_checklist
from qiao.core.packs import SHIPPED, PackInvalid, PackProblem, load_pack
from qiao.core.packs.reading import Table
from qiao.core.prepared import fetch_all

FILE: Final = "checklists.toml"
_VISIT: Final = """
(SELECT max(e.seq) FROM cases_caseevent e
  WHERE e.case_id = %(case_id)s AND e.kind = 'step_entered')
"""
_HOLDS: Final = """
c.is_active AND (c.case_types = '{}' OR t.key = ANY(c.case_types))
AND (c.steps = '{}' OR x.step = ANY(c.steps))
"""
_OPEN: Final = f"""
SELECT i -> 'names'
  FROM cases_case x JOIN cases_casetype t ON t.id = x.case_type_id
  JOIN cases_checklist c ON {_HOLDS}
 CROSS JOIN LATERAL jsonb_array_elements(c.items) WITH ORDINALITY AS e (i, n)
 WHERE x.id = %(case_id)s AND (i ->> 'required')::boolean
   AND NOT EXISTS (SELECT 1 FROM cases_casecheck k
                    WHERE k.case_id = x.id AND k.checklist_id = c.id AND k.item = i ->> 'key'
                      AND k.entered_seq = {_VISIT})
 ORDER BY c.position, c.id, n
"""  # noqa: S608 - this module's own pieces
PANEL: Final = f"""
SELECT jsonb_agg(jsonb_build_object('id', c.id, 'names', c.names, 'items', (
         SELECT jsonb_agg(jsonb_build_object('key', i ->> 'key', 'names', i -> 'names',
                'required', (i ->> 'required')::boolean, 'by', s.name, 'at', k.ticked_at)
                ORDER BY n)
           FROM jsonb_array_elements(c.items) WITH ORDINALITY AS e (i, n)
           LEFT JOIN cases_casecheck k ON k.case_id = x.id AND k.checklist_id = c.id
                AND k.item = i ->> 'key' AND k.entered_seq = {_VISIT}
           LEFT JOIN staff_staff s ON s.id = k.ticked_by_id))
       ORDER BY c.position, c.id)
  FROM cases_case x JOIN cases_casetype t ON t.id = x.case_type_id
  JOIN cases_checklist c ON {_HOLDS}
 WHERE x.id = %(case_id)s AND x.closed_at IS NULL
   AND (x.organisation_id + 0) = ANY(%(organisation_ids)s)
"""  # noqa: S608 - as above


def open_checks(case: Case) -> list[dict[str, str]]:
    """Names of the required items that are open in the step where the case stands."""
    return [json.loads(row[0]) for row in fetch_all(_OPEN, {"case_id": case.pk})]


def visit_of(case: Case) -> int:
    """The place in the history at which the case came into its step."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_VISIT}", {"case_id": case.pk})
        return int(cursor.fetchone()[0] or 0)


def holds_for(case: Case, checklist: Checklist) -> bool:
    """Whether a list is to be gone through in the step where the case stands."""
    return (
        checklist.is_active
        and (not checklist.case_types or case.case_type.key in checklist.case_types)
        and (not checklist.steps or case.step in checklist.steps)
    )


def checklist_rows(*, retired: bool = False) -> list[Checklist]:
    """All lists in use, or those that are not any more."""
    return list(Checklist.objects.filter(is_active=not retired).order_by("position", "pk"))


def get_checklist(checklist_id: int) -> Checklist:
    """One list. Raises `NotVisible`."""
    found = Checklist.objects.filter(pk=checklist_id).first()
    if found is None:
        raise NotVisible(f"checklist {checklist_id}")
    return found


def load_checklists(folder: Path) -> list[SeedChecklist]:
    """The checklists of the pack in `folder`; none without the file.

    Raises `PackInvalid` with every problem, each naming file and key.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    problems: list[PackProblem] = []
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    table = Table(data, file=FILE, place="", problems=problems)
    found = [read_checklist(item) for item in table.tables("checklist")]
    table.finish()
    problems.extend(_unknown(folder, found))
    if problems:
        raise PackInvalid(dict.fromkeys(problems))
    return found


def _unknown(folder: Path, lists: list[SeedChecklist]) -> Iterator[PackProblem]:
    pack = load_pack(folder)
    types = {item.key for item in pack.case_types}
    steps = {step.get("key") for source in pack.processes for step in source.data.get("step", ())}
    for item in lists:
        named = (("case_types", item.case_types, types), ("steps", item.steps, steps))
        for place, keys, known in named:
            for key in keys:
                if key not in known:
                    yield PackProblem(FILE, f"checklist[{item.key}].{place}", f"unknown: {key}")


def shipped_checklists() -> list[tuple[str, SeedChecklist]]:
    """The checklists of all enabled packs, each with its pack."""
    return [
        (pack, item) for pack in settings.QIAO_PACKS for item in load_checklists(SHIPPED / pack)
    ]


def step_names() -> dict[str, Any]:
    """Steps of all processes in use by key, with their name."""
    found: dict[str, Any] = {}
    for row in definitions.newest_processes():
        for step in definitions.process_of(row).steps:
            if not step.automatic and not step.final:
                found.setdefault(step.key, step.name)
    return found
