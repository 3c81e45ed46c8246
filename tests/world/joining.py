"""Cases that are merged, split and linked, every text of them marked."""

from qiao.cases import operations as cases
from qiao.cases.models import Case, CaseEvent
from tests.world.canaries import World, marked
from tests.world.cases import open_leak


def add_joined(world: World) -> None:
    """A case merged into another, and two that are linked."""
    agent, now = world.company.agent, world.now
    survivor, merged, linked, other = (
        open_leak(world, title) for title in ("survivor", "merged", "linked", "linked with")
    )
    Case.objects.filter(id=merged.pk).update(customer_id=None)
    cases.merge_cases(
        survivor_id=survivor.pk, merged=[merged.pk], reason=marked("merge"), actor=agent, now=now
    )
    link = cases.link_cases(
        case_id=linked.pk, other_id=other.pk, kind="related", actor=agent, now=now
    )
    seqs = dict(
        CaseEvent.objects.filter(case=world.ids["case"], kind__in=("note", "linked")).values_list(
            "kind", "seq"
        )
    )
    world.ids |= {
        "survivor": survivor.pk,
        "merged": merged.pk,
        "linked": linked.pk,
        "linked_number": linked.number,
        "link": link.pk,
        "note_seq": seqs["note"],
        "link_seq": seqs["linked"],
    }
