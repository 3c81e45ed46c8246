"""What happens to contacts because something happened to a case."""

from qiao.cases.events import CaseHandedPast
from qiao.contact.operations import move_interactions
from qiao.core.events import Envelope


def on_case_handed_past(*, event: CaseHandedPast, envelope: Envelope) -> None:
    """The contacts of a case that goes past somebody of the house are kept from them as well."""
    del envelope
    move_interactions(case_id=event.case_id, organisation_id=event.organisation_id)
