"""Notes, wishes and consents of a customer."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from qiao.core.actor import Actor
from qiao.customers.models import Consent, Note, Preference
from qiao.customers.queries.people import NotVisible, get_customer_for, held_as
from qiao.customers.rules.consents import Word, holds

EDIT_WINDOW: Final = timedelta(minutes=15)
PURPOSES: Final = tuple(Consent.Purpose.values)

# Pinned ones first, then the latest; long ones are cut by the template.
_NOTES = """
  FROM (
    SELECT n.id, n.text, n.is_pinned, n.created_at AS at, n.edited_at IS NOT NULL AS is_edited,
           s.name AS who, count(*) OVER () AS total
      FROM customers_note n JOIN staff_staff s ON s.id = n.author_id
     WHERE n.customer_id = ANY(%(customer_ids)s::bigint[])
       AND cardinality(%(organisation_ids)s) > 0
     ORDER BY n.is_pinned DESC, n.id DESC LIMIT 4) x
"""
NOTES = f"""
SELECT json_build_object('count', coalesce(max(x.total), 0),
                         'rows', coalesce(json_agg(x), '[]')) {_NOTES}
"""
# Beside a call stands what is pinned, and nothing where nothing is.
PINNED_NOTES = f"""
SELECT CASE WHEN count(*) > 0 THEN json_build_object('rows', json_agg(x)) END {_NOTES}
 WHERE x.is_pinned
"""
# What the agent must know before speaking: only what was asked for stands here.
WISHES = """
SELECT json_build_object(
    'channels', p.channels, 'language', p.language, 'needs', p.needs, 'needs_text', p.needs_text,
    'quiet_from', left(p.quiet_from::text, 5), 'quiet_until', left(p.quiet_until::text, 5),
    'consents', (
        SELECT coalesce(json_agg(c ORDER BY c.purpose), '[]') FROM (
            SELECT DISTINCT ON (k.purpose, k.channel) k.purpose, k.channel, k.is_given, k.at
              FROM customers_consent k
             WHERE k.customer_id = ANY(%(customer_ids)s::bigint[])
             ORDER BY k.purpose, k.channel, k.at DESC, k.id DESC) c))
  FROM (SELECT 1) one
  LEFT JOIN LATERAL (
      SELECT * FROM customers_preference w
       WHERE w.customer_id = ANY(%(customer_ids)s::bigint[])
       ORDER BY w.changed_at DESC LIMIT 1) p ON true
 WHERE cardinality(%(organisation_ids)s) > 0
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a customer wishes to be served; times are local."""

    channels: tuple[str, ...] = ()
    language: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    needs: tuple[str, ...] = ()
    needs_text: str = ""

    def is_quiet(self, moment: time) -> bool:
        """Whether nobody should disturb them at that local time."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= moment < self.quiet_until
        return moment >= self.quiet_from or moment < self.quiet_until


def preferences_of(customer_id: int) -> Wishes:
    """The wishes of a customer, whatever ids they are held under; without any, no wish."""
    rows = Preference.objects.filter(customer_id__in=held_as(customer_id))
    found = rows.order_by("-changed_at").first()
    if found is None:
        return Wishes()
    return Wishes(
        tuple(found.channels),
        found.language,
        found.quiet_from,
        found.quiet_until,
        tuple(found.needs),
        found.needs_text,
    )


def may_contact(*, customer_id: int, purpose: str, channel: str, at: datetime) -> bool:
    """Whether a customer agreed to be approached for a purpose on a channel at that moment.

    Raises `ValueError` for an unknown purpose.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"no such purpose: {purpose}")
    rows = Consent.objects.filter(customer_id__in=held_as(customer_id), purpose=purpose)
    words = rows.values_list("purpose", "channel", "is_given", "at", "id")
    return holds([Word(*row) for row in words], purpose=purpose, channel=channel, at=at)


def notes_of(
    *, actor: Actor, customer_id: int, after: int | None = None, limit: int = 50
) -> list[Note]:
    """All notes of a customer, the latest first. Raises `NotVisible`."""
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    rows = Note.objects.filter(customer_id__in=held_as(customer.pk))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(rows.select_related("author").order_by("-id")[:limit])


def note_of(*, customer_id: int, note_id: int) -> Note:
    """A note of a customer, whatever ids it is held under. The caller has checked the right.

    Raises `NotVisible`.
    """
    found = Note.objects.filter(pk=note_id, customer_id__in=held_as(customer_id)).first()
    if found is None:
        raise NotVisible(f"note {note_id}")
    return found


def consents_of(*, actor: Actor, customer_id: int) -> list[Consent]:
    """Every word of a customer on consent, the latest first; at most two hundred.

    Raises `NotVisible`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    rows = Consent.objects.filter(customer_id__in=held_as(customer.pk))
    return list(rows.select_related("actor").order_by("-at", "-id")[:200])
