"""Writes: the door through which other modules tell people something.

**Tell one receiver.** The caller has checked its right and has a transaction::

    message = queue_message(
        sending=Sending(
            organisation_id=case.organisation_id,
            kind="reply",                       # the occasion; yours to name
            texts={"": Words(title, text)},     # written for its reader, or by language key
            subject_kind="case",                # what it is about; comes back in the events
            reference=case.number,              # stands in the subject line of an e-mail
            channels=("email",),                # those that may be used
            is_automatic=False, is_plain=True,  # somebody wrote it; braces are braces
            held_until=now + timedelta(seconds=12),  # may be taken back until then
        ),
        receiver=Receiver(customer_id=case.customer_id, subject_id=case.pk),
        actor=actor, now=now,
    )

``enclose`` adds files of the subject, `cancel_message` takes it back. `Unreachable.reason` says
why it cannot go (``no_address``, ``doubtful``, ``no_consent``, ``erased``, ``too_many``,
``told_already``).

**Tell thousands.** ``queue_messages(sending=…, receivers=[…])``, in well under a second a
thousand: the texts by language with places (``{name}``, ``{organisation}``, those of
`Sending.values` and `Receiver.values`); each is told in their language on the channel they wish.
``key="outage:123"`` makes it idempotent: whoever was told under it, also as a merged record, is
not told again. The answer counts who was not told, by reason. `queries.notice_texts` gives the
texts of an occasion that administrators keep.

**Tell colleagues** (a digest): ``queue_to_staff(sending=…, staff={staff_id: address})``.

**Hear what became of it:** `events.MessageSent` and `events.MessageFailed` (ids, and what they are
about), in batches. Texts are read by ``queries.message_states`` and ``queries.get_message_for``.

Consent, objections, erased people, quiet hours, loops, retries and a mail server that is down are
this module's business, not the caller's. Emergencies pass consent and quiet hours.
"""

from qiao.messaging.operations.addresses import (
    add_email,
    confirm_email,
    drop_email,
    read_address,
    use_email,
)
from qiao.messaging.operations.breaking import try_again
from qiao.messaging.operations.changing import (
    cancel_about,
    cancel_message,
    note_arrival,
    send_again,
)
from qiao.messaging.operations.counting import fold_counts
from qiao.messaging.operations.enclosing import enclose, queue_to_staff
from qiao.messaging.operations.notices import NothingChanged, propose_texts
from qiao.messaging.operations.printing import (
    NothingToPrint,
    dissolve_batch,
    make_batch,
    note_posted,
    note_printed,
    release_letters,
)
from qiao.messaging.operations.queueing import (
    Queued,
    Receiver,
    Sending,
    queue_message,
    queue_messages,
    wake,
)
from qiao.messaging.operations.refusals import (
    REASONS,
    AddressKnown,
    BadAddress,
    BadPlace,
    Unreachable,
    WrongState,
)
from qiao.messaging.operations.resolving import Reach, reach
from qiao.messaging.rules.words import Words

__all__ = [
    "REASONS",
    "AddressKnown",
    "BadAddress",
    "BadPlace",
    "NothingChanged",
    "NothingToPrint",
    "Queued",
    "Reach",
    "Receiver",
    "Sending",
    "Unreachable",
    "Words",
    "WrongState",
    "add_email",
    "cancel_about",
    "cancel_message",
    "confirm_email",
    "dissolve_batch",
    "drop_email",
    "enclose",
    "fold_counts",
    "make_batch",
    "note_arrival",
    "note_posted",
    "note_printed",
    "propose_texts",
    "queue_message",
    "queue_messages",
    "queue_to_staff",
    "reach",
    "read_address",
    "release_letters",
    "send_again",
    "try_again",
    "use_email",
    "wake",
]
