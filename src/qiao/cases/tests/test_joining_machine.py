"""Any sequence of actions, merges, splits, links, reopenings, common causes and undoings keeps
order, and each of them undone at once leaves everything as it was.

The machine runs on a real database; each run in a transaction that is rolled back.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from qiao.cases import operations as ops
from qiao.cases import queries
from qiao.cases.journal import dues_of_merged
from qiao.cases.models import Case, CaseDuty, CaseEvent, CaseLink
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.cases.tests.test_merging import clocks, counts_agree, mirrored
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company

# What goes on though a case is as it was: its history only grows.
GROWN = ("event_count", "changed_at", "ladder_at")

REFUSALS = (
    ProcessRefusal,
    ops.AlreadyThere,
    ops.BadFact,
    ops.BuiltOn,
    ops.CaseClosedAlready,
    ops.NotAReport,
    ops.NothingToSplit,
    ops.NotMerged,
    ops.NotPaused,
    ops.NotReopened,
    ops.NotUndoable,
    ops.ParentOver,
    ops.SameCase,
    ops.UnderParent,
)
ACTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("hand_over", {}),
    ("done", {"cause": "pipe"}),
    ("satisfied", {}),
    ("reopen", {"reason": "又漏了"}),
    ("back", {"reason": "退回"}),
)
pick = st.integers(0, 7)


class Joining(RuleBasedStateMachine):
    """People do things to a handful of cases, in any order."""

    company: Company
    start = NOW

    @initialize()
    def open_some(self) -> None:
        """Three cases, the last one urgent, and a common cause."""
        self.now = self.start
        self.ids = [a_case(self.company, now=self.now).pk for _n in range(2)]
        self.ids.append(a_case(self.company, now=self.now, priority="urgent").pk)
        cause = a_case(self.company, now=self.now, type_key="water.burst", title="爆管")
        ops.make_parent(
            case_id=cause.pk,
            cause=ops.Cause("supply", "339102", self.now),
            actor=self.company.chief,
            now=self.now,
        )
        self.parent = cause.pk

    def told(self, **more: Any) -> dict[str, Any]:
        """Who acts and when: a minute after the last time."""
        self.now += timedelta(minutes=1)
        return {"actor": self.company.agent, "now": self.now, **more}

    def case(self, place: int) -> int:
        """One of the cases."""
        return self.ids[place % len(self.ids)]

    def whole(self, places: list[int]) -> Any:
        """All that a case holds but how long its history is: its row, clocks, links, what others
        owe it; and the counts of all lists."""
        rows = Case.objects.filter(pk__in=places).order_by("pk").values()
        kept = [{k: v for k, v in row.items() if k not in GROWN} for row in rows]
        counted = [(pk, clocks(Case(pk=pk))) for pk in sorted(places)]
        links = CaseLink.objects.filter(Q(case__in=places) | Q(other__in=places))
        owed = CaseDuty.objects.filter(case__in=places, done_at__isnull=True)
        return (
            kept,
            counted,
            sorted(links.values_list("case_id", "other_id", "kind")),
            sorted(owed.values_list("case_id", "duty")),
            counts(),
        )

    def attempt(self, run: Any, **values: Any) -> Any:
        """Do it, or be refused without a trace."""
        before = [mirrored(Case(pk=pk)) for pk in self.ids]
        try:
            return run(**values, **self.told())
        except REFUSALS:
            assert [mirrored(Case(pk=pk)) for pk in self.ids] == before
            return None

    @rule(place=pick, action=st.sampled_from(ACTIONS))
    def act(self, place: int, action: tuple[str, dict[str, str]]) -> None:
        """Take an action of the process; a reopening undone at once restores the end."""
        case_id = self.case(place)
        before = self.whole([case_id])
        about: dict[str, Any] = {"case_id": case_id, "action": action[0], "given": action[1]}
        if self.attempt(ops.take_action, **about) is None or action[0] != "reopen":
            return
        at: dict[str, Any] = {"actor": self.company.agent, "now": self.now}
        if Case.objects.get(pk=case_id).merged_count:
            with pytest.raises(ops.BuiltOn):  # it was carried into others
                ops.undo_reopening(case_id=case_id, **at)
            return
        ops.undo_reopening(case_id=case_id, **at)
        assert self.whole([case_id]) == before
        ops.take_action(**about, **at)

    @rule(place=pick, kind=st.sampled_from(("arrived", "work_done", "answered")))
    def reach(self, place: int, kind: str) -> None:
        """Reach a milestone."""
        self.attempt(ops.mark, case_id=self.case(place), kind=kind)

    @rule(place=pick)
    def pause_or_resume(self, place: int) -> None:
        """Stop the clock, or let it run."""
        if self.attempt(ops.pause, case_id=self.case(place), reason="等客户") is None:
            self.attempt(ops.resume, case_id=self.case(place))

    @rule(place=pick, priority=st.sampled_from(Case.Priority.values))
    def weigh(self, place: int, priority: str) -> None:
        """Change the priority."""
        self.attempt(ops.change_priority, case_id=self.case(place), priority=priority)

    @rule(place=pick)
    def note(self, place: int) -> None:
        """Write a note."""
        self.attempt(ops.add_note, case_id=self.case(place), text="记一笔")

    @rule(place=pick, other=pick)
    def merge(self, place: int, other: int) -> None:
        """Merge two cases; undoing at once restores both."""
        pair = [self.case(place), self.case(other)]
        before = self.whole(pair)
        if self.attempt(ops.merge_cases, survivor_id=pair[0], merged=[pair[1]]) is None:
            return
        at: dict[str, Any] = {"actor": self.company.agent, "now": self.now}
        ops.undo_merge(case_id=pair[1], **at)
        assert self.whole(pair) == before
        ops.merge_cases(survivor_id=pair[0], merged=[pair[1]], **at)

    @rule(place=pick)
    def unmerge(self, place: int) -> None:
        """Let a case stand for itself again."""
        self.attempt(ops.undo_merge, case_id=self.case(place))

    @rule(place=pick)
    def split(self, place: int) -> None:
        """Split the newest note off; undone at once it is as if it had never been."""
        case_id = self.case(place)
        seqs = CaseEvent.objects.filter(case=case_id, kind="note").order_by("-seq")
        if len(self.ids) >= 8 or not seqs.exists():
            return
        matter = ops.NewMatter("water.bill", "账单")
        about: dict[str, Any] = {"case_id": case_id, "seqs": [seqs[0].seq], "matter": matter}
        before, movable = self.whole([case_id]), self.movable(case_id)
        new = self.attempt(ops.split_case, **about)
        if new is None:
            return
        at: dict[str, Any] = {"actor": self.company.agent, "now": self.now}
        ops.undo_split(case_id=new.pk, **at)
        assert self.whole([case_id])[:-1] == before[:-1]
        assert open_counts(self.whole([case_id])[-1]) == open_counts(before[-1])
        assert self.movable(case_id) == movable
        self.ids.append(ops.split_case(**about, **at).pk)

    def movable(self, case_id: int) -> list[int]:
        """Entries that can go to a case of their own."""
        return [entry.seq for entry in queries.movable_entries(case=Case.objects.get(pk=case_id))]

    @rule(place=pick, other=pick)
    def link(self, place: int, other: int) -> None:
        """Say that two belong together; undone at once neither knows of it."""
        pair = [self.case(place), self.case(other)]
        if pair[0] == pair[1] or CaseLink.objects.filter(case=pair[0], other=pair[1]).exists():
            return
        before = self.whole(pair)
        about: dict[str, Any] = {"case_id": pair[0], "other_id": pair[1], "kind": "related"}
        if self.attempt(ops.link_cases, **about) is None:
            return
        at: dict[str, Any] = {"actor": self.company.agent, "now": self.now}
        linked = CaseEvent.objects.filter(case=pair[0], kind="linked").latest("seq")
        ops.undo_entry(case_id=pair[0], seq=linked.seq, **at)
        assert self.whole(pair) == before
        ops.link_cases(**about, **at)

    @rule(place=pick)
    def unlink(self, place: int) -> None:
        """Take a link away."""
        link = CaseLink.objects.filter(case=self.case(place)).first()
        if link is not None:
            self.attempt(ops.unlink_cases, link_id=link.pk)

    @rule(place=pick)
    def unsplit(self, place: int) -> None:
        """Take a split back."""
        self.attempt(ops.undo_split, case_id=self.case(place))

    @rule(place=pick)
    def close_again(self, place: int) -> None:
        """Take a reopening back."""
        self.attempt(ops.undo_reopening, case_id=self.case(place))

    @rule(place=pick)
    def join(self, place: int) -> None:
        """Join the common cause."""
        self.attempt(ops.join_reports, parent_id=self.parent, case_ids=[self.case(place)])

    @rule(place=pick)
    def leave(self, place: int) -> None:
        """Leave it, or say that it is not over."""
        if self.attempt(ops.take_out, case_id=self.case(place)) is None:
            self.attempt(ops.not_back, case_id=self.case(place), words="还没好")

    @rule()
    def end_all(self) -> None:
        """End the common cause."""
        notice = self.attempt(ops.end_reports, parent_id=self.parent, text="已恢复")
        while notice is not None and ops.go_on(notice_id=notice.pk, now=self.now):
            pass

    @invariant()
    def everything_is_in_order(self) -> None:
        """Owner and clock, at most one open step, no gap, promises never later, counts right."""
        if not hasattr(self, "ids"):
            return
        for case in Case.objects.filter(pk__in=[*self.ids, self.parent]):
            folded = clocks(case)
            assert case.responsible_id
            assert case.team_id
            assert (case.closed_at is None) == (case.phase != "closed")
            assert (case.closed_at is None) == any(clock.open for clock in folded)
            if case.is_paused:
                assert (
                    CaseEvent.objects.filter(case=case, kind="paused").latest("seq").data["reason"]
                )
            seqs = case.events.order_by("seq").values_list("seq", flat=True)
            assert list(seqs) == list(range(1, case.event_count + 1))
            owed = CaseDuty.objects.filter(case=case, done_at__isnull=True)
            assert owed.count() <= 1
            merged = Case.objects.filter(merged_into=case.pk).exclude(outcome="split_undone")
            assert case.merged_count == merged.count()
            if case.closed_at is None and case.merged_into_id is None:
                own = [clock.due_at for clock in folded if clock.open and clock.due_at]
                others = [due.due_at for due in dues_of_merged(case.pk) if due.due_at]
                expected = own + (others if case.merged_count else [])
                assert case.due_at == min(expected, default=None)
        counts_agree()


def counts() -> dict[tuple[Any, ...], int]:
    """The kept counts of all lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts()")
        cursor.execute(
            "SELECT organisation_id, day, view, holder, pack, n FROM cases_casecount WHERE n <> 0"
        )
        return {row[:-1]: row[-1] for row in cursor.fetchall()}


def open_counts(found: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    """Those of lists of work: a case whose split was undone stays among those that ended."""
    return {key: n for key, n in found.items() if key[1].year == 1}


@pytest.mark.parametrize("seed", range(1))
def test_any_sequence_keeps_order(company: Company, seed: int) -> None:
    del seed

    class Run(Joining):
        pass

    Run.company = company
    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
