"""Files that people take away: their page, and the notice that one is ready."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core import exports
from qiao.core.actor import Actor
from qiao.core.manifest import NoticeKind, NoticeRow, NoticeWords, PersonLink
from qiao.core.models import Export
from qiao.staff.tasks import FILE_READY

FILE_LINKS: Final = (PersonLink(pgettext_lazy("own menu", "My files"), "download", "staff:files"),)


def ready_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """That a file is ready, to whoever asked for it."""
    wanted = {row.subject_id for row in rows}
    found = {e.pk: e for e in Export.objects.filter(pk__in=wanted, created_by_id=actor.person_id)}
    return {
        row.notice_id: NoticeWords(
            title=_("Your file is ready: %(what)s")
            % {"what": exports.kind_of(found[row.subject_id]).label},
            text=found[row.subject_id].reason,
            url=reverse("staff:files"),
        )
        for row in rows
        if row.subject_id in found
    }


FILE_NOTICES: Final = (
    NoticeKind(
        key=FILE_READY, label=gettext_lazy("Files to fetch"), icon="download", words=ready_words
    ),
)
