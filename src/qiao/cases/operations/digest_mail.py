"""The morning's digest by e-mail: that it is there and how much, never of whom or about what.

A message is kept and read outside the rights on cases, and complaints in a digest may be kept from
an outlet: so it holds figures alone, and the stories are read after signing in.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from qiao.cases.models import Digest, DigestReader
from qiao.cases.rules.digest import CHANCE, OLDEST, RISK, Drawn
from qiao.messaging.operations import Queued, Sending, Words, queue_to_staff

KIND: Final = "digest"


def mail_digest(
    reader: DigestReader, digest: Digest, drawn: tuple[Drawn, ...], *, now: datetime
) -> Queued | None:
    """Queue the e-mail for the reader of a digest, once; None without an address or a complaint.

    It is written in the language that the reader has chosen, else in that of their unit.
    """
    address = reader.staff.email
    if not drawn or not address:
        return None
    own = reader.staff.language or next(iter(reader.organisation.languages), "en")
    with override(own.lower()):
        words = Words(_("Today's complaints are ready to read"), _body(drawn))
    sending = Sending(
        organisation_id=reader.organisation_id,
        kind=KIND,
        texts={"": words},
        subject_kind=KIND,
        channels=("email",),
        key=f"digest:{digest.pk}",
        is_plain=True,
    )
    return queue_to_staff(sending=sending, staff={reader.staff_id: address}, actor=None, now=now)


def _body(drawn: tuple[Drawn, ...]) -> str:
    count = Counter(each.why for each in drawn)
    total = len(drawn)
    lines = [
        ngettext(
            "%(n)d complaint waits for you to read and decide on.",
            "%(n)d complaints wait for you to read and decide on.",
            total,
        )
        % {"n": total},
        _("By highest risk: %(risk)d; oldest without answer: %(oldest)d; by chance: %(chance)d.")
        % {"risk": count[RISK], "oldest": count[OLDEST], "chance": count[CHANCE]},
        _("Sign in and open “Executives' digest” to read them. No customer is named in e-mails."),
    ]
    return "\n\n".join(lines)
