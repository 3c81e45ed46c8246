"""Common causes with reports, and bursts that wait for a decision, every text of them marked."""

from qiao.cases import operations as cases
from qiao.cases.models import AlikeProposal
from tests.world.canaries import World, marked
from tests.world.cases import open_leak

AREA = "339102"


def add_alike(world: World) -> None:
    """A cause that goes on with a report, one that is over with an ended one, two proposals."""
    agent, now = world.company.agent, world.now
    titles = ("parent", "over", "report", "ended", "joining")
    parent, over, report, ended, joining = (open_leak(world, title) for title in titles)
    for case in (parent, over):
        cases.make_parent(
            case_id=case.pk,
            cause=cases.Cause("supply", AREA, now, marked("cause")),
            actor=agent,
            now=now,
        )
    for parent_id, case in ((parent.pk, report), (over.pk, ended)):
        cases.join_reports(parent_id=parent_id, case_ids=[case.pk], actor=agent, now=now)
    cases.broadcast(parent_id=parent.pk, text=marked("told"), actor=agent, now=now)
    third = open_leak(world, "ended parent")
    cases.make_parent(
        case_id=third.pk, cause=cases.Cause("supply", AREA, now), actor=agent, now=now
    )
    cases.take_out(case_id=ended.pk, actor=agent, now=now)
    cases.join_reports(parent_id=third.pk, case_ids=[ended.pk], actor=agent, now=now)
    notice = cases.end_reports(parent_id=third.pk, text=marked("over"), actor=agent, now=now)
    while cases.go_on(notice_id=notice.pk, now=now):
        pass
    proposals = [
        AlikeProposal.objects.create(
            organisation=world.company.lake,
            kind=kind,
            area=AREA,
            found_at=now,
            seen_at=now,
            count=7,
            minutes=30,
            usual_per_hour=0.6,
            chance=1e-6,
            case_ids=[joining.pk],
        )
        for kind in ("supply", "quality")
    ]
    world.ids |= {
        "parent": parent.pk,
        "over": over.pk,
        "report": report.pk,
        "ended": ended.pk,
        "joining": joining.pk,
        "proposal": proposals[0].pk,
        "other_proposal": proposals[1].pk,
    }
