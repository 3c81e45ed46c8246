"""Cases of the customer, every text of them marked."""

import io
from datetime import timedelta
from typing import Any

from qiao.cases import operations as cases
from qiao.cases.models import Case, CaseRisk, Digest, DigestItem
from qiao.cases.operations import setting_aside as aside
from qiao.cases.operations import views as kept
from qiao.cases.operations.bulk import Refusals, prepare_bulk
from qiao.cases.operations.checklists import ChecklistDraft, save_checklist
from qiao.cases.operations.macros import MacroDraft, save_macro
from qiao.cases.operations.subtasks import Owner, add_subtask, finish_subtask
from qiao.cases.operations.words import Word, give_word
from qiao.cases.rules.checklists import CheckItem
from qiao.cases.rules.macros import MacroStep
from qiao.core.incoming_files import take_file
from tests.world.canaries import CALLER_PHONE, MARK, World, marked, picture


def open_leak(world: World, title: str, **changes: Any) -> Case:
    """A small leak of the lake branch, every text of it marked."""
    request = {
        "type_key": "water.small_leak",
        "organisation_id": world.company.lake.pk,
        "title": marked(title),
        "channel": "phone",
        "description": marked("description"),
        "area": "339102",
        "place": marked("place"),
        "caller_name": marked("caller"),
        "caller_phone": f"+86{CALLER_PHONE}",
        "customer_id": world.ids["customer"],
        "account_id": world.ids["account"],
        "facts": {"leak_at": "before_meter", "paid_service": "no"},
        **changes,
    }
    case = cases.open_case(
        request=cases.OpenRequest(**request), actor=world.company.agent, now=world.now
    )
    world.canaries.add(case.number)
    return case


def _promise(case: Case, world: World) -> int:
    """Something that was promised to the customer, for long."""
    agent, now = world.company.agent, world.now
    word = Word(marked("promise"), now + timedelta(days=400), agent.person_id, "answer")
    return give_word(case_id=case.pk, word=word, actor=agent, now=now).pk


def _reports(world: World) -> dict[str, int]:
    """A kept report, and one that was dropped."""
    agent = world.company.agent
    report, gone = (
        kept.save_view(
            name=marked(name), query="by=team", reach=kept.Reach(), actor=agent, page="report"
        )
        for name in ("report", "gone")
    )
    kept.drop_view(view_id=gone.pk, actor=agent, now=world.now)
    return {"kept_report": report.pk, "dropped_report": gone.pk}


def add_cases(world: World) -> None:
    """A case with words, files and a draft, and others that wait in other ways."""
    agent, now = world.company.agent, world.now
    case, other = open_leak(world, "case"), open_leak(world, "other case")
    told: dict[str, Any] = {"case_id": case.pk, "actor": agent, "now": now}
    cases.add_note(text=marked("note"), **told)
    cases.answer_customer(text=marked("answer"), channel="phone", **told)
    cases.chase(words=marked("chase"), **told)
    file = io.BytesIO(picture(name="x.png").content)
    attachment = cases.add_attachment(
        file=take_file(file, file_name=f"{MARK}.png"), label=marked("label"), **told
    )
    cases.keep_draft(box="note", values={"text": marked("draft")}, **told)
    cases.link_cases(other_id=other.pk, kind="related", **told)
    view = kept.save_view(
        name=marked("view"),
        query="view=open",
        reach=kept.Reach(team_id=agent.team_ids[0]),
        actor=agent,
    )
    dropped = kept.save_view(
        name=marked("dropped"), query="view=open", reach=kept.Reach(), actor=agent
    )
    kept.drop_view(view_id=dropped.pk, actor=agent, now=now)
    aside.snooze(
        until=now + timedelta(hours=3),
        until_answer=True,
        for_team=False,
        reason=marked("snooze"),
        **told,
    )
    third, paused, handed = (open_leak(world, title) for title in ("third", "paused", "handed"))
    cases.pause(case_id=paused.pk, reason=marked("reason"), actor=agent, now=now)
    cases.take_action(case_id=handed.pk, action="hand_over", given={}, actor=agent, now=now)
    risky = open_leak(world, "risky", description=f"{marked('threat')} 12345")
    checklist = save_checklist(
        draft=ChecklistDraft({"en": "List"}, [CheckItem("look", {"en": "Look"}, required=False)]),
        actor=world.company.chief,
        now=now,
    )
    macro = save_macro(
        draft=MacroDraft(
            {"en": marked("macro")},
            [MacroStep("note", text=marked("words"))],
            "unit",
            world.company.lake.pk,
        ),
        actor=agent,
        now=now,
    )
    passed = open_leak(world, "about the branch next door")
    river = world.company.river.pk
    cases.hand_past(case_id=passed.pk, unit_id=river, actor=agent, now=now)
    dispute = cases.open_dispute(bill=marked("bill"), amount=1_200, **told)
    digest = Digest.objects.create(
        staff_id=agent.person_id,
        organisation=world.company.lake,
        day=now.date(),
        seed=1,
        candidates=2,
        drawn_at=now,
    )
    first, second = (
        DigestItem.objects.create(digest=digest, case=each, place=place, why="chance")
        for place, each in enumerate((case, other), start=1)
    )
    cases.decide(
        item_id=second.pk,
        decision="order",
        words=marked("order"),
        owner_id=agent.person_id,
        due_date=now.date() + timedelta(days=400),
        actor=agent,
        now=now,
    )
    run = prepare_bulk(
        kind="priority",
        terms={"priority": "low"},
        case_ids=[third.pk],
        language="en",
        actor=agent,
        now=now,
        refusals=Refusals((), str),
    )
    world.ids |= {
        "promised": _promise(case, world),
        "other_promised": _promise(case, world),
        "macro": macro.pk,
        "checklist": checklist.pk,
        "dispute": dispute.pk,
        **_owed(told),
        "digest": digest.pk,
        "digest_item": first.pk,
        "digest_order": second.pk,
        "passed": passed.pk,
        "risky": risky.pk,
        "risk": CaseRisk.objects.get(case=risky).pk,
        "bulk": run.pk,
        "case": case.pk,
        "other_case": other.pk,
        "attachment": attachment.pk,
        "view": view.pk,
        "dropped_view": dropped.pk,
        **_reports(world),
        "number": other.number,
        "third": third.pk,
        "third_number": third.number,
        "paused": paused.pk,
        "handed": handed.pk,
    }


def _owed(told: dict[str, Any]) -> dict[str, int]:
    """Sub-tasks of the case: three that are owed, one that is done."""
    owner = Owner(staff_id=told["actor"].person_id)
    due_at = told["now"] + timedelta(hours=2)
    made = [
        add_subtask(title=marked(f"sub-task {place}"), owner=owner, due_at=due_at, **told)
        for place in range(4)
    ]
    about = {"actor": told["actor"], "now": told["now"]}
    finish_subtask(subtask_id=made[3].pk, words=marked("found"), **about)
    return {f"subtask_{place}": each.pk for place, each in enumerate(made)}
