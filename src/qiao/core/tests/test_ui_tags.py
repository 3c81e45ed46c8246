"""The parts of pages: what they say, and that nothing a person typed becomes markup."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.toasts import add_toast
from qiao.core.ui import fields, figures, marks, moments, page

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def _english() -> None:
    translation.activate("en")
    timezone.activate("Asia/Shanghai")


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class Balance(HTMLParser):
    """Fails on a tag that is closed twice or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name == "style" or name.startswith("on") for name, _ in attrs)
        if tag not in {"input", "img", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags_of(html: str) -> list[str]:
    parser = Balance()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.tags


@given(st.text(max_size=40))
def test_no_value_ever_becomes_markup(text: str) -> None:
    made = [
        marks.tier(text),
        marks.sev(text),
        marks.chan(text),
        marks.badge(text, "ok", "check"),
        marks.avatar(text),
        marks.guard("stop", text),
        marks.mask(text, "/reveal", text),
        marks.kbd(text),
        figures.stat(text, text, text, text),
        figures.meter(text, "ok", text),
        figures.ring(text),
        figures.spark([1, 2], labels=[text], unit=text),
        figures.sparkline([1, 2], unit=text),
    ]
    for html in made:
        known = {"span", "b", "i", "u", "svg", "use", "circle", "rect", "title", "kbd", "div"}
        known |= {"small", "em", "button", "polygon", "polyline"}
        assert set(tags_of(str(html))) <= known


def test_a_hostile_name_is_shown_and_not_run() -> None:
    html = render("{% badge name %}{% avatar name %}{% stat name name %}", name=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_tier_is_letter_colour_and_word() -> None:
    html = str(marks.tier("b"))
    assert 'data-tier="B"' in html
    assert "<b>B</b>Loyal" in html


def test_a_tier_in_a_row_keeps_its_word_for_screen_readers() -> None:
    assert '<span class="sr">Sensitive</span>' in str(marks.tier("D", "only"))


@pytest.mark.parametrize("value", ["", None, "Z", 7])
def test_somebody_without_a_tier_gets_no_mark(value: object) -> None:
    assert str(marks.tier(value)) == ""


def test_a_severity_is_bars_and_a_word_in_the_readers_language() -> None:
    with translation.override("zh-hant"):
        assert "緊急" in str(marks.sev(1))
    assert "Urgent" in str(marks.sev("1"))
    assert str(marks.sev(9)) == str(marks.sev("x")) == ""


def test_the_traditional_words_are_not_the_simplified_ones() -> None:
    with translation.override("zh-hans"):
        simplified = marks.channel_name("sms"), moments.remaining(2460)
    with translation.override("zh-hant"):
        traditional = marks.channel_name("sms"), moments.remaining(2460)
    assert simplified == ("短信", "剩 41 分")
    assert traditional == ("短訊", "剩 41 分")


def test_an_unknown_channel_shows_its_code() -> None:
    html = str(marks.chan("pigeon"))
    assert 'data-ch="pigeon"' in html
    assert "pigeon</span>" in html
    assert marks.channel_name("pigeon") == "pigeon"


def test_keys_with_a_modifier_are_one_cap() -> None:
    assert str(marks.kbd("Ctrl K")).count("<kbd") == 1
    assert str(marks.kbd("G W")).count("<kbd") == 2


def test_an_icon_comes_from_the_sprite() -> None:
    assert re.search(
        r'<use href="[^"]*icons[^"]*\.svg#phone"></use>', str(marks.icon("phone", "i-16"))
    )


def test_a_mask_offers_to_reveal_only_when_there_is_an_address() -> None:
    assert "hx-get" not in str(marks.mask("138 **** 4471"))
    html = str(marks.mask("138 **** 4471", "/customers/1/phone", "phone number"))
    assert 'hx-get="/customers/1/phone"' in html
    assert "Show phone number in full; this is recorded" in html


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1284, "1,284"),
        (4.6, "4.6"),
        (1284.0, "1,284"),
        (Decimal("1284.50"), "1,284.50"),
        (-7, "-7"),
    ],
)
def test_figures_have_separators_and_only_the_places_that_count(
    value: figures.Number, shown: str
) -> None:
    assert figures.figure(value) == shown


@given(st.one_of(st.integers(), st.floats(), st.text(max_size=5)))
def test_a_meter_is_never_shorter_than_nothing_or_longer_than_all(value: object) -> None:
    found = re.search(r'<rect width="([^%]*)%"', str(figures.meter(value)))
    assert found is not None
    assert 0 <= float(found[1]) <= 100


def test_sparks_speak_their_range_and_mark_the_hot_columns() -> None:
    html = str(figures.spark([62, 58, 138], hot=[2], labels=["09", "10", "11"], unit="元"))
    assert 'aria-label="Last 3: lowest 58, highest 138 元"' in html
    assert html.count('class="hot"') == 1
    assert "<title>11: 138 元</title>" in html
    assert str(figures.spark([])) == ""


def test_sparks_take_money_as_well() -> None:
    values: list[figures.Number] = [Decimal("62.10"), Decimal("138.20"), 64]
    assert "138.20 元" in str(figures.spark(values, unit="元"))
    assert "last value 64" in str(figures.sparkline(values))


@given(st.lists(st.integers(-1000, 1000), max_size=24))
def test_sparks_of_any_figures_are_drawn_inside_their_box(values: list[int]) -> None:
    for html in (str(figures.spark(values)), str(figures.sparkline(values))):
        tags_of(html)
        for y, height in re.findall(r'<rect[^>]* y="([-\d.]+)"[^>]* height="([-\d.]+)"', html):
            assert float(y) >= 0
            assert 0 <= float(y) + float(height) <= 28.2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (130, "02:10 left"),
        (2460, "41 min left"),
        (11520, "3 h 12 min left"),
        (3600, "1 h left"),
        (50000, "13 h left"),
        (200000, "2 d left"),
        (-14400, "4 h overdue"),
        (0, "00:00 left"),
    ],
)
def test_what_is_left_is_said_in_the_units_that_matter(seconds: int, words: str) -> None:
    assert moments.remaining(seconds) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(seconds=20), "just now"),
        (NOW - timedelta(minutes=12), "12 min ago"),
        (NOW + timedelta(minutes=12), "in 12 min"),
        (NOW - timedelta(hours=2), "08:00"),
        (NOW - timedelta(hours=11), "11-20"),
        (NOW - timedelta(days=500), "2025-07-09"),
    ],
)
def test_moments_are_written_as_people_here_write_them(moment: datetime, words: str) -> None:
    assert moments.when_words(moment, NOW) == words


def test_a_day_is_the_day_in_the_organisations_time_zone() -> None:
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # already the 21st in Shanghai
    assert moments.when_words(late, NOW) == "01:00"
    assert moments.when_words(late - timedelta(hours=2), NOW, long=True) == "11-20 23:00"


def test_no_moment_gives_nothing() -> None:
    assert render("{% when x %}{% elapsed x %}{% due x %}{% sla x %}", x=None) == ""


def test_a_near_moment_keeps_running_in_the_browser_and_a_far_one_does_not() -> None:
    near = str(moments.when(NOW - timedelta(minutes=5), now=NOW))
    assert f'data-when="{int((NOW - timedelta(minutes=5)).timestamp())}"' in near
    assert "data-when" not in str(moments.when(NOW - timedelta(days=1), now=NOW))


@dataclass
class Deadline:
    due_at: datetime | None
    started_at: datetime | None = None
    percent: float | None = None
    state: str = ""
    words: str = ""
    explained: str = ""
    running: bool = True


@pytest.mark.parametrize(
    ("gone", "state"), [(10, ""), (59, ""), (60, "warn"), (84, "warn"), (85, "bad"), (120, "bad")]
)
def test_a_deadline_warns_at_sixty_and_alarms_at_eighty_five_percent(
    gone: int, state: str
) -> None:
    clock = Deadline(NOW + timedelta(minutes=100 - gone), NOW - timedelta(minutes=gone))
    assert f'class="q-sla {state}"' in str(moments.sla(clock, now=NOW))


def test_a_paused_deadline_says_so_and_does_not_tick() -> None:
    html = str(moments.sla(Deadline(NOW, NOW, state="paused"), now=NOW))
    assert "Clock paused" in html
    assert "data-due-at" not in html


def test_a_deadline_with_its_own_words_keeps_them() -> None:
    clock = Deadline(NOW + timedelta(hours=3), words="2 h 10 min of work left", explained=HOSTILE)
    html = str(moments.sla(clock, now=NOW))
    assert "2 h 10 min of work left" in html
    assert "data-due-at" not in html
    assert "<script" not in html


class Form(forms.Form):
    phone = forms.CharField(label="Mobile", min_length=11, help_text="Eleven digits")
    kind = forms.ChoiceField(choices=[("a", "Repair"), ("b", HOSTILE)], widget=forms.RadioSelect)
    extras = forms.MultipleChoiceField(
        choices=[("w", "Water")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="Agreed", required=False)
    place = forms.ChoiceField(choices=[("x", "X")], required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        raise forms.ValidationError(HOSTILE)


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    html = str(fields.field(Form({"phone": "138"})["phone"], "full"))
    tags_of(html)
    assert '<div class="q-field full">' in html
    assert '<label for="id_phone">Mobile' in html
    assert 'aria-describedby="id_phone-hint id_phone-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_phone-error"' in html
    assert 'class="form-control"' in html
    assert '<span class="sr">required</span>' in html


def test_a_field_without_errors_is_not_called_invalid() -> None:
    html = str(fields.field(Form()["phone"]))
    assert "aria-invalid" not in html
    assert 'aria-describedby="id_phone-hint"' in html


def test_radios_become_a_segment_and_check_boxes_become_chips() -> None:
    radios = str(fields.field(Form()["kind"]))
    tags_of(radios)
    assert 'role="radiogroup"' in radios
    assert "q-seg full" in radios
    assert "<script" not in radios
    assert "q-chip" in str(fields.field(Form()["extras"]))


def test_radios_too_long_for_one_row_stand_below_one_another() -> None:
    class Long(forms.Form):
        said = forms.ChoiceField(
            choices=[
                ("a", "Somebody else answers"),
                ("b", "号码已停机，客户确认以后不再使用这个号码"),
            ],
            widget=forms.RadioSelect,
        )

    assert "q-seg full rows" in str(fields.field(Long()["said"]))
    assert "rows" not in str(fields.field(Form()["kind"]))


def test_each_kind_of_control_has_its_class() -> None:
    assert 'class="form-check-input"' in str(fields.field(Form()["agreed"]))
    assert 'class="form-select"' in str(fields.field(Form()["place"]))
    assert "q-field" not in str(fields.field(Form()["version"]))


def test_errors_of_the_whole_form_stand_above_it_escaped() -> None:
    html = str(fields.form_errors(Form({"phone": "13805712264", "kind": "a"})))
    assert 'role="alert"' in html
    assert "<script" not in html
    assert str(fields.form_errors(Form())) == ""


def test_a_panel_wraps_its_content_and_escapes_its_title() -> None:
    html = render(
        '{% panel title "s4" %}<p>{{ text }}</p>{% endpanel %}', title=HOSTILE, text="<b>"
    )
    tags_of(html)
    assert "<script" not in html
    assert "<p>&lt;b&gt;</p>" in html


def test_names_in_prose_become_code_and_nothing_else_becomes_markup() -> None:
    html = render("{{ text|named }}", text="until `<b>` and `next` are `")
    assert tags_of(html) == ["code", "code"]
    assert html == (
        'until <code translate="no">&lt;b&gt;</code> and <code translate="no">next</code> are `'
    )


def test_only_a_bad_alert_interrupts() -> None:
    assert 'role="alert"' in render('{% alert "bad" %}x{% endalert %}')
    assert 'role="note"' in render('{% alert "warn" %}x{% endalert %}')


def test_the_first_paint_has_the_readers_theme_and_language() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["q-theme"] = "dark"
    with translation.override("zh-hant"):
        assert str(page.html_attributes(request)) == (
            'lang="zh-Hant" data-bs-theme="dark" data-q-theme="dark"'
        )
    request.COOKIES["q-theme"] = HOSTILE
    assert 'data-q-theme="system"' in str(page.html_attributes(request))
    assert 'data-q-theme="system"' in str(page.html_attributes(None))


def test_the_words_of_scripts_are_data_and_cannot_end_their_block() -> None:
    html = str(page.script_texts())
    assert html.startswith('<script id="q-texts" type="application/json">')
    assert html.count("<") == 2


def test_a_toast_adds_to_the_events_of_an_answer_in_plain_ascii() -> None:
    response = HttpResponse(headers={"HX-Trigger": '{"case:saved": {}}'})
    add_toast(response, text="已派给 滨湖二班", undo_url="/cases/3/undo")
    header = response.headers["HX-Trigger"]
    assert header.isascii()
    assert "case:saved" in header
    assert '"undo": "/cases/3/undo"' in header
