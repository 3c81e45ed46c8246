"""The gallery of all parts in all states, for designers, reviewers and screenshots."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from qiao.core.ui.marks import SEVERITIES

NEUTRALS = ("bg", "surface", "sunken", "border", "border-3", "text", "text-2", "text-3")
STATES = ("primary", "primary-soft", "ok", "warn", "danger", "info")
MARKS = ("tier-a", "tier-b", "tier-c", "tier-d", "sev-1", "sev-2", "sev-3", "sev-4")
MONTHS = (62, 58, 60, 64, 66, 71, 75, 82, 70, 66, 64, 138)
RATINGS = (93.8, 94.1, 94.0, 94.6, 95.2, 95.4, 95.9)


@dataclass(frozen=True, slots=True)
class SampleClock:
    """A deadline in a given state."""

    due_at: datetime
    started_at: datetime | None = None
    state: str = ""


class SampleForm(forms.Form):
    """One field of each kind."""

    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=[(str(level), word) for level, word in SEVERITIES.items()],
        widget=forms.RadioSelect,
        initial="2",
    )
    phone = forms.CharField(label=_("Mobile"), max_length=11, min_length=11)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", "报修 / 水质异常"), ("b", "咨询")])
    text = forms.CharField(
        label=_("What happened"),
        help_text=_("In the caller's words."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    extras = forms.MultipleChoiceField(
        label=_("In addition"),
        choices=[("water", "应急送水"), ("sms", "短信告知进度")],
        widget=forms.CheckboxSelectMultiple,
        initial=["water"],
        required=False,
    )
    recorded = forms.BooleanField(
        label=_("Record the call"),
        widget=forms.CheckboxInput(attrs={"class": "q-switch", "role": "switch"}),
        required=False,
        initial=True,
    )


def _clocks(now: datetime) -> list[SampleClock]:
    start = now - timedelta(hours=2)
    return [
        SampleClock(now + timedelta(days=2, hours=3), start),
        SampleClock(now + timedelta(minutes=41), start),
        SampleClock(now + timedelta(minutes=2, seconds=10), start),
        SampleClock(now - timedelta(hours=4), start - timedelta(hours=8)),
        SampleClock(now + timedelta(hours=5), start, "paused"),
        SampleClock(now, start, "met"),
    ]


def _steps(now: datetime) -> list[dict[str, str]]:
    clock = f"{timezone.localtime(now):%H:%M}"
    return [
        {"label": "受理", "state": "done", "line": "09:45 林晓岚", "note": "用时 4 分"},
        {"label": "派单", "state": "done", "line": "09:47", "note": "滨湖一班"},
        {"label": "到场", "state": "now", "line": clock, "note": "承诺 11:45 前"},
        {"label": "处理", "state": "", "line": "", "note": ""},
        {"label": "回访", "state": "", "line": "", "note": ""},
        {"label": "归档", "state": "", "line": "", "note": ""},
    ]


def _charts() -> dict[str, object]:
    labels = [f"{month:02}" for month in (12, *range(1, 12))]
    paid = [{"value": v, "href": f"/ui/?month={m}"} for v, m in zip(MONTHS, labels, strict=True)]
    paid[-1] = {"value": 0, "href": ""}
    return {
        "bills": {
            "labels": labels,
            "units": ["元", "m³"],
            "series": [
                {"name": str(_("Paid")), "data": paid, "stack": "b"},
                {
                    "name": str(_("Unpaid")),
                    "data": [0] * 11 + [138],
                    "stack": "b",
                    "tone": "warn",
                    "hatched": True,
                },
                {
                    "name": str(_("Usage")),
                    "type": "line",
                    "tone": "c2",
                    "axis": 1,
                    "data": [18, 17, 17, 18, 19, 20, 21, 23, 20, 19, 18, 42],
                },
            ],
        },
        "kinds": {
            "slices": [
                {"name": "报修", "value": 412, "href": "/ui/?kind=repair"},
                {"name": "咨询", "value": 356, "href": "/ui/?kind=question"},
                {"name": "投诉", "value": 48, "href": "/ui/?kind=complaint"},
                {"name": "账务", "value": 203, "href": "/ui/?kind=bill"},
            ]
        },
    }


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All parts on one page; only while demonstrating or debugging."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    now = timezone.now()
    bad = SampleForm({"severity": "2", "phone": "13805712", "kind": "a", "recorded": "on"})
    context = {
        "swatches": [*NEUTRALS, *STATES],
        "marks": MARKS,
        "hues": [f"c{n}" for n in range(1, 9)],
        "clocks": _clocks(now),
        "steps": _steps(now),
        "form": SampleForm(),
        "bad_form": bad,
        "months": MONTHS,
        "ratings": RATINGS,
        "hot": (11,),
        "charts": _charts(),
        "moments": [
            now - timedelta(seconds=20),
            now - timedelta(minutes=12),
            now - timedelta(hours=3),
            now - timedelta(days=5),
            now - timedelta(days=500),
        ],
        "talk_since": now - timedelta(seconds=222),
    }
    return render(request, "gallery/index.html", context)
