"""The plan of a customer's visits, the one ahead, and whose a visit is."""

from qiao.core.actor import Actor
from qiao.customers.models import Customer, CustomerVisit, VisitPlan
from qiao.customers.queries.people import NotVisible, get_customer_for, held_as


def plan_of(*, customer_id: int) -> VisitPlan | None:
    """How often a customer is visited, whatever ids it is held under. The caller has checked the
    right."""
    return VisitPlan.objects.filter(customer_id__in=held_as(customer_id)).first()


def visit_ahead(*, customer_id: int) -> CustomerVisit | None:
    """The next visit that is planned. The caller has checked the right."""
    rows = CustomerVisit.objects.filter(
        customer_id__in=held_as(customer_id), state=CustomerVisit.State.PLANNED
    )
    return rows.order_by("date", "pk").first()


def customer_of_visit(*, actor: Actor, visit_id: int) -> Customer:
    """Whom a visit is about. Raises `NotVisible`."""
    found = CustomerVisit.objects.filter(pk=visit_id).values_list("customer_id", flat=True).first()
    if found is None:
        raise NotVisible(f"visit {visit_id}")
    return get_customer_for(actor=actor, customer_id=found)
