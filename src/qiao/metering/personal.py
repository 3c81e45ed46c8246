"""What readings hold of a person: what they used, and words that somebody wrote beside it."""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of, select

# Of the days on which the person stood for the account, as far as they are known; whoever only
# paid has none of it.
_READINGS: Final = """
SELECT r.read_date, trim_scale(r.value) AS value, g.unit, r.method, r.state, r.reason
  FROM (SELECT DISTINCT a.service_point_id, t.period
          FROM customers_accountparty t
          JOIN customers_account a ON a.id = t.account_id
         WHERE t.customer_id = ANY(%(ids)s) AND t.role <> 'payer') p
  JOIN metering_reading r
    ON r.service_point_id = p.service_point_id AND p.period @> r.read_date
  JOIN metering_register g ON g.id = r.register_id
 ORDER BY r.read_date, r.id
"""
_DAYS: Final = """
SELECT d.day, trim_scale(d.used) AS used, g.unit
  FROM (SELECT DISTINCT a.service_point_id, t.period
          FROM customers_accountparty t
          JOIN customers_account a ON a.id = t.account_id
         WHERE t.customer_id = ANY(%(ids)s)) p
  JOIN metering_register g ON g.service_point_id = p.service_point_id AND g.kind = 'total'
  JOIN metering_dayuse d ON d.register_id = g.id AND p.period @> d.day
 ORDER BY d.day, g.id
"""


def collect(person: Person) -> Sequence[Held]:
    """The readings of the person's meters, and what these counted by days."""
    ids = {"ids": list(person.customer_ids)}
    return [
        Held(_("Meter readings"), select(_READINGS, ids)),
        Held(_("Use by day"), select(_DAYS, ids)),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """What a meter showed belongs to its place and stays; words that name the person go."""
    like = [f"%{word}%" for word in person.words if word]
    if not like:
        return
    values: dict[str, Any] = {"like": like}
    erasing.run(
        "metering.readings",
        "UPDATE metering_reading SET reason = '–' WHERE reason LIKE ANY(%(like)s)",
        values,
    )
    erasing.run(
        "metering.rows",
        "UPDATE metering_refusedrow SET faults = qiao_redacted(faults), meter = '–'"
        " WHERE meter LIKE ANY(%(like)s) OR faults::text LIKE ANY(%(like)s)",
        values,
    )
    erasing.run(
        "metering.rows",
        "UPDATE metering_refusedinterval SET meter = '–', at = '–', value = '–'"
        " WHERE meter LIKE ANY(%(like)s) OR at LIKE ANY(%(like)s) OR value LIKE ANY(%(like)s)",
        values,
    )
    # As it was sent: JSON may have letters as they are, or by their numbers.
    sent = [each for word in person.words if word for each in (word, json.dumps(word)[1:-1])]
    erasing.run(
        "metering.messages",
        "UPDATE metering_asidemessage m"
        "   SET payload = convert_to('–', 'UTF8'), is_cut = true, faults = '[]', \"left\" = NULL"
        " WHERE EXISTS (SELECT FROM unnest(%(sent)s::text[]) w"
        "                WHERE position(convert_to(w, 'UTF8') IN m.payload) > 0)",
        {"sent": sent},
    )
    for words in (
        "UPDATE metering_stopvisit SET note = '–' WHERE note LIKE ANY(%(like)s)",
        "UPDATE metering_blindstop SET note = '–' WHERE note LIKE ANY(%(like)s)",
        "UPDATE metering_meterplace SET whereabouts = '–', seal = '–'"
        " WHERE whereabouts LIKE ANY(%(like)s) OR seal LIKE ANY(%(like)s)",
    ):
        erasing.run("metering.visits", words, values)
    for table in ("metering_readingchange", "metering_usageadjustment"):
        ids = ids_of(f"SELECT id FROM {table} WHERE why LIKE ANY(%(like)s)", values)  # noqa: S608
        erasing.redact("metering.words", table=table, by="id", ids=ids, fields=["why"])


PERSONAL = (
    PersonalData(
        key="metering",
        order=25,
        collect=collect,
        erase=erase,
        counted={
            "metering.readings": _("Reasons beside readings"),
            "metering.rows": _("Refused rows of files of readings"),
            "metering.messages": _("Messages of head-ends that were put aside"),
            "metering.visits": _("Notes of meter readers"),
            "metering.words": _("Reasons of decisions on readings"),
        },
    ),
)
