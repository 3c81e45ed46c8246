"""A few weeks of work in two branches, drawn by a seed, for the tests of the overview."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from qiao.cases.models import Case
from qiao.cases.operations import (
    change_priority,
    fold_counts,
    pause,
    refresh_levels,
    resume,
    take_action,
)
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.cases.tests.world import NOW, a_case
from qiao.contact.models import Interaction
from qiao.contact.operations import fold_counts as fold_contacts
from qiao.core.actor import Actor
from qiao.feedback.models import FollowUp, Rating
from qiao.staff.tests.cast import Company

TYPES = ("water.leak", "water.bill", "water.burst")
AREAS = ("339102", "339104", "")
CHANNELS = ("call", "desk")
HOUR = timedelta(hours=1)


class Weeks:
    """Random operations on cases, contacts and follow-ups of a company."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.random = Random(seed)
        self.cases: list[Case] = []
        self.made = 0

    def work(self, operations: int) -> None:
        """Do so many operations; counts are folded now and then."""
        for _ in range(operations):
            moment = NOW - timedelta(hours=self.random.randrange(24 * 75))
            self.random.choice((self.open, self.open, self.move, self.turn, self.talk, self.ask))(
                moment
            )
            if self.random.random() < 0.05:
                fold_counts()
                fold_contacts()
        refresh_levels(now=NOW)

    def actor(self) -> Actor:
        """Somebody of either branch."""
        return self.random.choice(
            (self.company.agent, self.company.colleague, self.company.outsider)
        )

    def open(self, moment: datetime) -> None:
        """A case comes in."""
        who = self.actor()
        unit = self.company.river if who is self.company.outsider else self.company.lake
        self.cases.append(
            a_case(
                self.company,
                who,
                organisation=unit,
                now=moment,
                type_key=self.random.choice(TYPES),
                area=self.random.choice(AREAS),
                channel=self.random.choice(CHANNELS),
            )
        )

    def move(self, moment: datetime) -> None:
        """A case goes on by one step, to the archive in the end, or comes back from it."""
        case = self._any()
        if case is None:
            return
        action, given = {
            "accept": ("hand_over", {}),
            "repair": ("done", {"cause": "pipe"}),
            "call_back": ("satisfied", {}),
            "archived": ("reopen", {"reason": "again"}),
        }[case.step]
        try:
            take_action(
                case_id=case.pk,
                action=action,
                given=given,
                actor=self.company.chief,
                now=self._after(case, moment),
            )
        except ProcessRefusal:
            return

    def turn(self, moment: datetime) -> None:
        """Priority, or the clock, of an open case changes."""
        case = self._any()
        if case is None or case.closed_at is not None:
            return
        later = self._after(case, moment)
        who: dict[str, Any] = {"case_id": case.pk, "actor": self.company.chief, "now": later}
        if self.random.random() < 0.5:
            wanted = self.random.choice(["urgent", "high", "low"])
            change_priority(priority=wanted, **who)
        elif case.is_paused:
            resume(**who)
        else:
            pause(reason="waits for parts", **who)

    def talk(self, moment: datetime) -> None:
        """A contact, taken, or begun by mistake; sometimes one is given to somebody else."""
        self.made += 1
        who = self.actor()
        local = moment + 8 * HOUR
        Interaction.objects.create(
            number=f"JC{self.made:06}",
            organisation_id=who.organisation_id,
            channel=self.random.choice(("phone", "counter", "web")),
            agent_id=self.random.choice((who.staff_id, None)),
            caller_phone="+8613805712264",
            started_at=moment,
            started_date=local.date(),
            started_hour=local.hour,
            entered_at=moment,
            ended_at=moment + HOUR,
            closed_at=moment + HOUR,
            subject="漏水",
            outcome="water.answered",
            state=self.random.choice(("closed", "closed", "closed", "abandoned")),
            resolved=self.random.random() < 0.5,
        )
        if self.random.random() < 0.2:
            ids = list(Interaction.objects.values_list("id", flat=True))
            chosen = Interaction.objects.filter(id=self.random.choice(ids))
            chosen.update(agent_id=self.company.colleague.staff_id, channel="letter")

    def ask(self, moment: datetime) -> None:
        """A customer is to be called back, was, or could not be reached."""
        case = self._any()
        if case is None:
            return
        self.made += 1
        state = self.random.choice(("open", "reached", "reached", "unreached"))
        ended = None if state == "open" else moment + HOUR
        reached = state == "reached"
        FollowUp.objects.create(
            case=case,
            entered_seq=10_000 + self.made,
            organisation_id=case.organisation_id,
            assigned_to_id=self.company.agent.person_id,
            state=state,
            opened_at=moment,
            rating=self.random.choice(Rating.values) if reached else "",
            resolved=self.random.random() < 0.8 if reached else None,
            confirmed_at=ended if reached else None,
            finished_at=ended,
            finished_date=(ended + 8 * HOUR).date() if ended else None,
        )

    def _any(self) -> Case | None:
        if not self.cases:
            return None
        case = self.random.choice(self.cases)
        case.refresh_from_db()
        return case

    def _after(self, case: Case, moment: datetime) -> datetime:
        """A moment after everything that the case has seen."""
        last = case.events.order_by("-seq").values_list("at", flat=True)[0]
        return max(moment, last + timedelta(minutes=self.random.randrange(1, 600)))
