"""What suggestions hold of a person: words, contact, voices, addresses that follow."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of, select

OWNER_KIND = "suggestion"
_OWN = (
    "FROM feedback_suggestion s LEFT JOIN cases_case c ON c.id = s.case_id"
    " WHERE s.customer_id = ANY(%(ids)s) OR c.customer_id = ANY(%(ids)s)"
    " OR s.contact_phone = ANY(%(phones)s) OR c.caller_phone = ANY(%(phones)s)"
    " OR lower(s.contact_email) IN (SELECT lower(e.address) FROM messaging_emailaddress e"
    " WHERE e.customer_id = ANY(%(ids)s))"
)
_FOLLOWS = (
    "FROM feedback_suggestionfollower f WHERE f.suggestion_id = ANY(%(own)s) AND lower(f.email)"
    " IN (SELECT lower(contact_email) FROM feedback_suggestion WHERE id = ANY(%(own)s))"
    " OR lower(f.email) IN (SELECT lower(e.address) FROM messaging_emailaddress e"
    " WHERE e.customer_id = ANY(%(ids)s))"
)


def _values(person: Person) -> dict[str, Any]:
    values: dict[str, Any] = {"ids": list(person.customer_ids), "phones": list(person.phones)}
    return values | {"own": ids_of(f"SELECT s.id {_OWN}", values)}


def collect(person: Person) -> Sequence[Held]:
    """Suggestions with answers, and what the person follows or gave a voice to."""
    values = _values(person)
    return [
        Held(
            _("Suggestions"),
            select(
                "SELECT number, received_at, state, title, text, public_title, public_text,"
                " contact_name, contact_phone, contact_email FROM feedback_suggestion"
                " WHERE id = ANY(%(own)s) ORDER BY id",
                values,
            ),
            list(Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=values["own"])),
        ),
        Held(
            _("Answers to suggestions"),
            select(
                "SELECT s.number, a.written_at, a.text FROM feedback_suggestionanswer a"
                " JOIN feedback_suggestion s ON s.id = a.suggestion_id"
                " WHERE s.id = ANY(%(own)s) ORDER BY a.id",
                values,
            ),
        ),
        Held(
            _("Suggestions with the person’s voice"),
            select(
                "SELECT s.number, v.at FROM feedback_suggestionvote v"
                " JOIN feedback_suggestion s ON s.id = v.suggestion_id"
                " WHERE v.customer_id = ANY(%(ids)s) ORDER BY v.id",
                values,
            ),
        ),
        Held(
            _("Addresses that follow a suggestion"),
            select(f"SELECT f.email, f.asked_at, f.confirmed_at {_FOLLOWS} ORDER BY f.id", values),
        ),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """Numbers, states and voices stay as figures; words and contact go, also from the public."""
    values = _values(person)
    answers = ids_of(
        "SELECT id FROM feedback_suggestionanswer WHERE suggestion_id = ANY(%(own)s)"
        " AND NOT is_public",
        values,
    )
    erasing.run("suggestions.followers", f"DELETE {_FOLLOWS}", values)
    erasing.run(
        "suggestions.answers",
        "UPDATE feedback_suggestionanswer SET text = '–' WHERE suggestion_id = ANY(%(own)s)"
        " AND NOT is_public AND text <> '–'",
        values,
    )
    erasing.run(
        "suggestions.words",
        "UPDATE feedback_suggestion SET title = '–', text = '', public_title = '',"
        " public_text = '', public_folded = '', folded = '', grams = '{}', contact_name = '',"
        " contact_phone = '', contact_email = '', version = version + 1,"
        " screening = CASE WHEN screening = 'public' THEN 'private' ELSE screening END"
        " WHERE id = ANY(%(own)s)",
        values,
    )
    erasing.redact_trail("suggestions.words", table="feedback_suggestion", ids=values["own"])
    erasing.redact_trail("suggestions.answers", table="feedback_suggestionanswer", ids=answers)
    erasing.drop_files("suggestions.files", owner_kind=OWNER_KIND, owner_ids=values["own"])


SUGGESTIONS = (
    PersonalData(
        key="suggestions",
        order=12,
        collect=collect,
        erase=erase,
        counted={
            "suggestions.words": _("Suggestions without words and contact"),
            "suggestions.answers": _("Private answers without words"),
            "suggestions.followers": _("Addresses that followed a suggestion"),
            "suggestions.files": _("Files of suggestions"),
        },
    ),
)
