"""New texts of notices, as the second person reads them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.manifest import Decidable, Difference, Told
from qiao.core.models import Approval
from qiao.messaging.forms.notices import NAMES
from qiao.messaging.models import NoticeText, NoticeVersion
from qiao.messaging.operations.notices import PUBLISH, publish_texts, refuse_texts
from qiao.messaging.queries.notices import notice_texts
from qiao.messaging.rules.notices import LANGUAGES
from qiao.messaging.words import occasion_label


def tell(approval: Approval) -> Told:
    """What changes in which language."""
    notice = NoticeText.objects.get(pk=approval.subject_id)
    version = NoticeVersion.objects.get(notice=notice, number=approval.payload["number"])
    unit = approval.organisation_id
    now = notice_texts(occasion=notice.occasion, organisation_id=unit)
    differences = []
    for language in LANGUAGES:
        for part in ("title", "body"):
            before, after = getattr(now.texts[language], part), version.texts[language][part]
            if before != after:
                differences.append(Difference(NAMES[language], before, after))
    return Told(
        kind=_("Text of a notice"),
        title=str(occasion_label(notice.occasion)),
        url=reverse("messaging:notice", args=[unit, notice.occasion]),
        differences=differences,
        note=version.reason,
    )


DECISIONS = (Decidable(kind=PUBLISH, tell=tell, carry_out=publish_texts, refuse=refuse_texts),)
