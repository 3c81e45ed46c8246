"""A process that the company is changing: a draft, its text of the product's own pack."""

from typing import Any

from qiao.cases.operations import designing
from qiao.cases.rules.draft_parts import Part, own_values, stamp
from tests.world.canaries import World

KEY = "water.enquiry"


def add_drafts(world: World) -> None:
    """Two drafts of one process: one under way, one put away."""
    chief = world.company.chief
    current = designing.current_version(KEY, world.now)
    assert current is not None
    about: dict[str, Any] = {"actor": chief, "now": world.now}
    draft = designing.begin_draft(version_id=current.pk, **about)
    later = Part("step", key="tell_customer")
    designing.move_part(draft_id=draft.pk, part=later, by=1, **about)
    other = designing.begin_draft(version_id=current.pk, **about)
    designing.drop_draft(draft_id=other.pk, **about)
    seen = stamp(own_values(draft.definition, Part("process")))
    field = stamp(own_values(draft.definition, Part("field", key="finding")))
    world.ids |= {
        "draft": draft.pk, "dropped_draft": other.pk, "draft_seen": seen, "field_seen": field
    }  # fmt: skip
