"""What contacts add to the story of a case: who came about it, when, and who spoke to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.contact.models import Interaction
from qiao.core.actor import Actor
from qiao.core.manifest import StoryLine, StorySource
from qiao.core.ui.marks import CHANNELS, PACK_CHANNELS
from qiao.core.ui.moments import duration

MOST: Final = 100


def contact_lines(*, actor: Actor, subject_id: int, now: datetime) -> Sequence[StoryLine]:
    """Contacts about a case that the actor may see, oldest first, each with how long it took."""
    del now
    rows = Interaction.objects.visible_to(actor).taken().filter(links__case_id=subject_id)
    return [_line(row) for row in rows.select_related("agent").order_by("started_at", "id")[:MOST]]


def _line(row: Interaction) -> StoryLine:
    is_out = row.direction == Interaction.Direction.OUT
    title = (
        pgettext("story of a case", "We got in touch: %(channel)s")
        if is_out
        else pgettext("story of a case", "The customer got in touch: %(channel)s")
    )
    took = duration((row.ended_at - row.started_at).total_seconds()) if row.ended_at else ""
    icon, _name = CHANNELS.get(PACK_CHANNELS.get(row.channel, row.channel), ("messages", ""))
    return StoryLine(
        seq=0,
        at=row.started_at,
        title=title % {"channel": row.get_channel_display()},
        detail=" · ".join(filter(None, (row.number, _("took %(time)s") % {"time": took}
                                        if took else ""))),
        text=row.summary,
        who=row.agent.name if row.agent else "",
        icon=icon,
        tone="info",
        side="out" if is_out else "in",
        url=reverse("contact:detail", args=[row.pk]),
    )  # fmt: skip


STORIES: Final = (StorySource("contact.contacts", "case", contact_lines),)
