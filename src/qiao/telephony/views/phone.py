"""The telephone on the screen: call in as a customer would, with the switch that is played."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.telephony import operations
from qiao.telephony.models import PhoneDeed
from qiao.telephony.queries import lines_to_dial, own_phone, some_callers, what_is_heard

WORK = "interactions.work"
POST = ("POST",)
KEYS = "123456789*0#"


@staff_view(WORK)
def show(request: StaffRequest) -> HttpResponse:
    """The telephone, lying ready or in a call."""
    text = request.GET.get("call", "")
    phone = own_phone(actor=request.actor, deed_id=_number(text)) if text else None
    context = {
        "lines": lines_to_dial(),
        "callers": some_callers(actor=request.actor, seed=request.now),
        "phone": phone,
        "heard": what_is_heard(phone) if phone else None,
        "keys": KEYS,
    }
    return render(request, "telephony/phone.html", context)


@staff_view(WORK, methods=POST)
def dial(request: StaffRequest) -> HttpResponse:
    """Call a line."""
    data = request.POST
    try:
        deed = operations.call_in(
            caller=data.get("caller", ""),
            dialled=data.get("dialled", ""),
            actor=request.actor,
            now=request.now,
        )
    except (operations.NoScreenPhone, BadText):
        return HttpResponse(_("This telephone exists with the played switch only."), status=409)
    return HttpResponseRedirect(f"{reverse('telephony:phone')}?call={deed.pk}")


@staff_view(WORK)
def display(request: StaffRequest, deed_id: int) -> HttpResponse:
    """The telephone's display, asked for each second: the keys stay, and whoever presses them fast
    loses none. Once the call is over the whole telephone."""
    phone = own_phone(actor=request.actor, deed_id=deed_id)
    if phone is None:
        raise Http404(str(deed_id))
    context = {"phone": phone, "heard": what_is_heard(phone), "keys": KEYS}
    response = render(request, "telephony/display.html", context)
    if phone.is_over:
        response["HX-Retarget"] = response["HX-Reselect"] = "#q-handset"
    return response


@staff_view(WORK, methods=POST)
def press(request: StaffRequest, deed_id: int) -> HttpResponse:
    """Press a key."""
    keys = request.POST.get("key", "")
    try:
        operations.press_keys(deed_id=deed_id, keys=keys, actor=request.actor, now=request.now)
    except (PhoneDeed.DoesNotExist, ValueError) as error:
        raise Http404(str(deed_id)) from error
    return HttpResponse(status=204)


@staff_view(WORK, methods=POST)
def put_down(request: StaffRequest, deed_id: int) -> HttpResponse:
    """Hang up."""
    try:
        operations.put_down(deed_id=deed_id, actor=request.actor, now=request.now)
    except PhoneDeed.DoesNotExist as error:
        raise Http404(str(deed_id)) from error
    return HttpResponse(status=204)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
