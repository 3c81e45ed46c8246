"""Eight agents at one desk: what they open, and what they write, over `--cases` cases.

Each opens one page a second over loopback: lists, a view of their own, cases, searches. What a
page takes is the whole answer; its floor reads the rows of that page bare, in the same moment.
While seven of them go on reading, the eighth takes steps, runs a macro and answers by e-mail: a
form through the whole stack, against a form that does nothing and the same rows written bare.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from customers_parts.world import copy
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from measuring.browsing import cookie_of, nothing, post, signed_in
from measuring.databases import connected_to, say, work_on
from measuring.timing import Limits, Result
from measuring.timing import measure as timed

from cases_parts.agents import Agent, Page, at_work, read_by
from cases_parts.lists import WORDS, ensure
from cases_parts.written import Written
from qiao.cases import definitions
from qiao.cases.journal import Folded, kept_clocks, write_clocks
from qiao.cases.models import Case
from qiao.cases.operations.macros import MacroDraft, save_macro
from qiao.cases.rules.macros import MacroStep
from qiao.cases.showing.detail import definition_of
from qiao.cases.showing.steps import show_offers
from qiao.config.cli.serving import serving
from qiao.core.actor import Actor
from qiao.staff.queries import actor_by_number

DESK = "cases_desk"
PORT = 8732
READ, WRITE = Limits(p95=50), Limits(ratio=2)
SECONDS = 90
ROUNDS = 100
TARGETS = 260  # of one kind of writing: rounds and warm-up, of the product and of its floor
SUPERVISOR = "1008"
AGENT = "1027"
CREW = (SUPERVISOR, *7 * [AGENT])  # each in a session of its own
_ROW = "SELECT c.* FROM cases_case c WHERE"
_OPEN = f"{_ROW} c.organisation_id = %s AND c.closed_at IS NULL"
_CASE = """
SELECT to_jsonb(c), (SELECT jsonb_agg(e) FROM cases_caseevent e WHERE e.case_id = c.id),
       (SELECT jsonb_agg(k) FROM cases_caseclock k WHERE k.case_id = c.id),
       (SELECT jsonb_agg(d) FROM cases_caseduty d WHERE d.case_id = c.id),
       (SELECT to_jsonb(u) FROM customers_customer u WHERE u.id = c.customer_id)
  FROM cases_case c WHERE c.id = %s
"""
_FOUND = """
SELECT c.* FROM cases_casesearch s JOIN cases_case c ON c.id = s.case_id
 WHERE s.grams @> cases_grams(cases_folded(%s)) AND s.organisation_id = ANY(%s) LIMIT 31
"""
_ADDRESSES = """
INSERT INTO messaging_emailaddress
       (customer_id, address, is_primary, standing, standing_reason, created_at)
SELECT DISTINCT c.customer_id, 'c' || c.customer_id || '@example.com', true, '', '', now()
  FROM cases_case c WHERE c.id = ANY(%s)
ON CONFLICT DO NOTHING
"""


def prepared(cases: int) -> str:
    """A copy of the archive that may be written to, with this process and servers bound to it."""
    copy(ensure(cases), DESK)
    work_on(DESK)
    os.environ["QIAO_LOG"] = "WARNING"
    os.environ.pop("QIAO_NO_POOL", None)  # servers keep their connections, as they always do
    settings.ROOT_URLCONF = "measuring.addresses"
    return DESK


def measure(cases: int) -> Iterator[Result]:
    """Measure what eight agents read, then what one writes beside the others."""
    with connected_to(prepared(cases)):
        chief = actor_by_number(SUPERVISOR, day=timezone.localdate())
        cookies = [cookie_of(number) for number in CREW]
        kinds = pages(chief)
        connection.close()
        with serving(PORT):
            crew = _crew(cookies, kinds)
            with at_work(crew):
                time.sleep(SECONDS)
            yield from read_by(crew, case="desk", limits=READ)
            with at_work(_crew(cookies[1:], kinds)):
                yield from _writes(actor_by_number(AGENT, day=timezone.localdate()))


def _crew(cookies: Sequence[str], kinds: Any) -> list[Agent]:
    return [
        Agent(PORT, cookie, kinds, database=DESK, seed=place)
        for place, cookie in enumerate(cookies)
    ]


def pages(actor: Actor) -> dict[str, Callable[[random.Random], Page]]:
    """Kinds of pages; the floor reads a page of one unit's rows, the case, some finds."""
    units = list(actor.organisations("cases.view"))
    unit = _fullest(units)
    own = "view=open&priority=urgent&priority=high&channel=phone&sort=opened"
    ids = list(_open_cases(actor).values_list("id", flat=True)[:4_000])
    _with_clocks(ids)
    due, wanted = "ORDER BY c.due_at, c.id LIMIT 31", "ORDER BY c.opened_at DESC, c.id LIMIT 31"
    urgent = "AND c.priority = ANY('{urgent,high}') AND c.channel = 'phone'"
    complaint = (
        "AND c.case_type_id IN (SELECT id FROM cases_casetype WHERE key LIKE '%%complaint%%')"
    )
    return {
        "list": lambda _r: ("/cases/?view=open", f"{_OPEN} {due}", [unit]),
        "list of mine": lambda _r: ("/cases/?view=mine", f"{_OPEN} {due}", [unit]),
        "filtered list": lambda _r: (
            "/cases/?view=open&group=complaint", f"{_OPEN} {complaint} {due}", [unit],
        ),
        "own view": lambda _r: (f"/cases/?{own}", f"{_OPEN} {urgent} {wanted}", [unit]),
        "case": lambda r: ((i := r.choice(ids)) and f"/cases/{i}/", _CASE, [i]),
        "search": lambda r: (
            f"/cases/?view=all&q={(w := r.choice(WORDS))}", _FOUND, [w, units],
        ),
    }  # fmt: skip


def _fullest(units: Sequence[int]) -> int:
    """The unit with the most open cases: its index fills a page, whatever the filter."""
    rows = Case.objects.filter(organisation__in=units, closed_at__isnull=True)
    counted = rows.values_list("organisation").annotate(n=Count("id")).order_by("-n")
    return int(counted[0][0])


def _open_cases(actor: Actor) -> Any:
    return Case.objects.visible_to(actor).filter(
        closed_at__isnull=True, parent__isnull=True, merged_into__isnull=True,
        customer__isnull=False, is_paused=False,
    ).order_by("id")  # fmt: skip


def _writes(actor: Actor) -> Iterator[Result]:
    client = signed_in(actor.number)
    step = Step(actor)
    yield _beside("transition", client, step.ids, step.send)
    steps = [
        MacroStep("note", text="已电话核实，等待现场反馈。"),
        MacroStep("priority", key="high"),
    ]
    with transaction.atomic():
        macro = save_macro(
            draft=MacroDraft(names={"zh-Hans": "核实"}, steps=steps), actor=actor,
            now=timezone.now(),
        )  # fmt: skip
    used = set(step.ids)
    ids = _free(_open_cases(actor).filter(priority="normal"), used)
    yield _beside(
        "macro", client, ids, lambda i: post(client, f"/cases/{i}/macros/{macro.pk}", {})
    )
    ids = _free(_open_cases(actor), used)
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [ids])
    words = {
        "channel": "email", "name": "", "address": "", "title": "关于您反映的问题",
        "text": "您好，我们已安排人员上门检查，预计明天上午到达。",
    }  # fmt: skip
    yield _beside("reply", client, ids, lambda i: post(client, f"/cases/{i}/replies", words))


class Step:
    """The step that most open cases may take now with nothing asked, and these cases."""

    def __init__(self, actor: Actor) -> None:
        client = signed_in(actor.number)
        for case in _samples(actor):
            offers = show_offers(
                case=case,
                process=definitions.process_of(case.process),
                definition=definition_of(case),
                actor=actor,
                duties=(),
            )
            free = [o for o in offers if o.kind == "forward" and not o.asks and not o.rule]
            ids = _free(_open_cases(actor).filter(process=case.process_id, step=case.step), set())
            if free and len(ids) >= TARGETS:
                self.ids, self.key, self.step = ids, free[0].key, case.step
                self.send: Callable[[int], Any] = lambda i: post(
                    client, f"/cases/{i}/actions/{self.key}", {"from_step": self.step}
                )
                return
        raise RuntimeError("no step of this world can be taken so often")


def _samples(actor: Actor) -> list[Case]:
    """One open case of each process and step."""
    found: dict[tuple[int, str], Case] = {}
    for case in _open_cases(actor).select_related("process", "case_type")[:20_000]:
        found.setdefault((case.process_id, case.step), case)
    return list(found.values())


def _free(cases: Any, used: set[int]) -> list[int]:
    ids = [pk for pk in cases.values_list("id", flat=True)[: 4 * TARGETS] if pk not in used]
    used.update(ids[:TARGETS])
    return ids[:TARGETS]


def _with_clocks(ids: Sequence[int]) -> None:
    """Keep the clocks of cases as any work on them does: those of a built world keep none yet."""
    found = kept_clocks(ids)
    with transaction.atomic():
        write_clocks(
            [Folded(pk, kept.state, kept.state, kept.stored) for pk, kept in found.items()]
        )


def _beside(name: str, client: Any, ids: Sequence[int], send: Callable[[int], Any]) -> Result:
    """A form on each of these cases, in turn with its floor on others."""
    _with_clocks(ids)
    left = iter(ids)

    def act(case_id: int) -> None:
        answer = send(case_id)
        if answer.status_code != 302:
            raise RuntimeError(f"{name} on case {case_id}: status {answer.status_code}")

    bare = Written(act, next(left))
    say(f"  {name} writes {bare.told()}")

    def floor(_: int) -> None:
        nothing(client)
        bare.write(next(left))

    return timed(
        f"desk {name}", lambda _: act(next(left)), floor, rounds=ROUNDS, limits=WRITE,
        **bare.told(),
    )  # fmt: skip
