"""The product's addresses and one that does nothing: the floor of every request."""

from django.http import HttpResponse
from django.urls import path

from qiao.config.urls import urlpatterns as product
from qiao.core.http import StaffRequest, staff_view


@staff_view("cases.open", methods=("POST",))
def nothing(request: StaffRequest) -> HttpResponse:
    """Admitted, checked, in a transaction, and nothing done."""
    del request
    return HttpResponse(status=204)


urlpatterns = [*product, path("bench/nothing", nothing, name="nothing")]
