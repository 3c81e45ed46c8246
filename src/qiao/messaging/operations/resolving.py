"""Who a message goes to: one statement for any number of receivers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from qiao.core.prepared import fetch_all

CHANNELS: Final = ("email", "letter")

# Hardly anybody is held twice: the function that follows merges is called for those alone.
_WHO: Final = """
SELECT a.place, c.id, c.name, coalesce(nullif(pref.language, ''), c.language),
       coalesce(pref.channels, '{}'), pref.quiet_from, pref.quiet_until,
       mail.address, coalesce(mail.standing, ''), home.full_text,
       coalesce(word.email, silence.yes), coalesce(word.letter, silence.yes),
       EXISTS (SELECT FROM customers_erasure e
                WHERE e.customer_id = ANY(h.ids) AND e.state IN ('approved', 'done'))
  FROM unnest(%(places)s::int[], %(customers)s::bigint[]) AS a (place, customer_id)
  JOIN customers_customer r ON r.id = a.customer_id
  JOIN customers_customer c ON c.id = CASE WHEN r.merged_into_id IS NULL THEN r.id
                                           ELSE customers_survivor(r.id) END
 CROSS JOIN (SELECT %(purpose)s::text = 'service' AS yes) silence
 CROSS JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM customers_customer m WHERE m.merged_into_id = c.id)
                THEN customers_held_as(c.id) ELSE ARRAY[c.id] END AS ids OFFSET 0) h
  LEFT JOIN LATERAL (
    SELECT p.* FROM customers_preference p WHERE p.customer_id = ANY(h.ids)
     ORDER BY p.customer_id = c.id DESC, p.changed_at DESC LIMIT 1) pref ON true
  LEFT JOIN LATERAL (
    SELECT x.address, x.standing FROM messaging_emailaddress x WHERE x.customer_id = ANY(h.ids)
     ORDER BY x.standing, x.is_primary DESC, x.customer_id = c.id DESC, x.id LIMIT 1) mail ON true
  LEFT JOIN LATERAL (
    SELECT w.full_text
      FROM customers_accountparty t
      JOIN customers_account o ON o.id = t.account_id AND o.status <> 'closed'
      JOIN customers_servicepoint s ON s.id = o.service_point_id
      JOIN customers_premises w ON w.id = s.premises_id
     WHERE %(letters)s::bool AND t.customer_id = ANY(h.ids) AND t.period @> %(day)s::date
     ORDER BY t.role IN ('owner', 'occupant') DESC, o.organisation_id = %(organisation)s DESC,
           o.id LIMIT 1) home ON true
 CROSS JOIN LATERAL (
    SELECT (array_agg(k.is_given ORDER BY k.at DESC, k.id DESC)
              FILTER (WHERE k.channel IN ('', 'email')))[1] AS email,
           (array_agg(k.is_given ORDER BY k.at DESC, k.id DESC)
              FILTER (WHERE k.channel IN ('', 'letter')))[1] AS letter
      FROM customers_consent k WHERE k.customer_id = ANY(h.ids) AND k.purpose = %(purpose)s) word
 ORDER BY a.place
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of how one customer is reached. `channels` are wished ones in their order;
    `email` and `letter` the addresses, empty for none."""

    customer_id: int
    name: str
    language: str
    channels: tuple[str, ...]
    quiet_from: time | None
    quiet_until: time | None
    email: str
    email_standing: str
    letter: str
    may_email: bool
    may_letter: bool
    is_erased: bool

    def address(self, channel: str) -> str:
        """The address on a channel, empty for none."""
        return self.email if channel == "email" else self.letter

    def refusal(self, channel: str, *, is_emergency: bool = False) -> str:
        """Why nothing may go by a channel; empty where it may. Emergencies need no consent."""
        if self.is_erased:
            return "erased"
        if not self.address(channel):
            return "no_address"
        if channel == "email" and self.email_standing:
            return "doubtful"
        allowed = self.may_email if channel == "email" else self.may_letter
        return "" if allowed or is_emergency else "no_consent"


def reach(
    customers: Sequence[tuple[int, int]],
    *,
    purpose: str,
    organisation_id: int,
    day: date,
    letters: bool = True,
) -> dict[int, Reach]:
    """How customers are reached, by the place (first of each pair) at which their id stands.

    A merged one is the customer who stands for it. Asks for no right.
    """
    values: dict[str, Any] = {
        "places": [place for place, _id in customers],
        "customers": [pk for _place, pk in customers],
        "purpose": purpose,
        "organisation": organisation_id,
        "day": day,
        "letters": letters,
    }
    return {row[0]: _reach(row[1:]) for row in fetch_all(_WHO, values)}


def _reach(row: Sequence[Any]) -> Reach:
    pk, name, language, channels, begins, until, mail, standing, home, *rest = row
    return Reach(
        pk, name, language, tuple(channels), begins, until, mail or "", standing, home or "", *rest
    )


def choose(
    found: Reach, channels: Sequence[str], *, is_emergency: bool = False
) -> tuple[str, str]:
    """The channel to use, and why none can be used: one of both is empty.

    Of the allowed channels those that the customer wishes come first, in their order.
    """
    liked = [channel for channel in found.channels if channel in channels]
    order = [*liked, *(channel for channel in channels if channel not in liked)]
    reasons = [(c, found.refusal(c, is_emergency=is_emergency)) for c in order]
    for channel, reason in reasons:
        if not reason:
            return channel, ""
    return "", reasons[0][1] if reasons else "no_address"
