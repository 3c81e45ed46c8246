"""The first page of the administration: health at a glance."""

from django.http import HttpResponse

from qiao.core.http import StaffRequest, staff_view
from qiao.desk.administration.frame import OPERATE, RIGHT, show, whole
from qiao.desk.administration.health import look


@staff_view(RIGHT)
def home(request: StaffRequest) -> HttpResponse:
    """What is wrong first; figures of the machine for those who look after it."""
    health = look(request.now)
    context = {"health": health, "may_operate": whole(request, OPERATE)}
    return show(request, "home.html", "home", context)
