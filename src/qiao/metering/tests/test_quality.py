"""How well was read: what is counted for whom, the rows behind it, and who may see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from qiao.customers.tests.test_pages import browser
from qiao.metering.models import Reading, ReadingRound
from qiao.metering.operations import accept_reading, edit_reading, estimate_instead
from qiao.metering.queries.quality import ROUTE, Asked, groups_of, rows_of
from qiao.metering.tests.cast import NOW, Round, make_round
from qiao.metering.tests.test_blind import drawn, second
from qiao.staff.tests.cast import TODAY

pytestmark = pytest.mark.django_db
ASKED = Asked(TODAY - timedelta(days=30), TODAY)


@pytest.fixture
def wide(media: Any) -> Round:
    """A round with one reading of every kind."""
    walked = make_round(6)
    agent = walked.metered.company.agent
    walked.bring(0, "530")
    stopped = [walked.bring(which, "1900").taken[0].reading_id for which in (1, 2, 3)]
    assert None not in stopped
    accept_reading(actor=agent, now=NOW, reading_id=int(stopped[0] or 0), why="属实")
    edit_reading(actor=agent, now=NOW, reading_id=int(stopped[1] or 0), value="540", why="看错")
    estimate_instead(actor=agent, now=NOW, reading_id=int(stopped[2] or 0), why="无法核实")
    walked.bring(4, reason="dog")
    return walked


def counts(walked: Round, actor: Any = None, asked: Asked = ASKED) -> dict[str, tuple[int, int]]:
    found = groups_of(actor=actor or walked.metered.company.agent, asked=asked)
    assert len(found) <= 1
    return {
        measure: (share.part, share.whole)
        for group in found
        for measure, share in group.shares.items()
    }


def test_every_reading_of_a_round_counts_once_for_who_read_it(wide: Round) -> None:
    found = counts(wide)
    # Five stops: one was estimated in the end, one had a dog.
    assert found["unread"] == (2, 5)
    # Four figures were brought; the estimate stands for one of them, which was read all the same.
    assert found["stopped"] == (3, 4)
    assert found["wrong"] == (2, 4)
    assert found["complaints"] == (0, 4)
    (group,) = groups_of(actor=wide.metered.company.agent, asked=ASKED)
    assert (group.name, group.detail) == ("马德胜", "9301")
    (route,) = groups_of(
        actor=wide.metered.company.agent, asked=Asked(ASKED.since, ASKED.until, ROUTE)
    )
    assert route.name == wide.metered.route.name
    assert route.shares == group.shares


def test_blind_re_reads_count_for_the_first_reader(wide: Round) -> None:
    check = drawn(wide)
    points = [wide.metered.points.index(stop.service_point) for stop in check.stops.all()]
    for which in points:
        second(wide, check.pk, which, "9999" if which == 0 else "1901" if which == 1 else "541")
    assert counts(wide)["blind"] == (1, len(points))


@pytest.mark.parametrize("measure", ["unread", "stopped", "wrong", "blind"])
def test_the_rows_behind_a_figure_are_those_that_were_counted(wide: Round, measure: str) -> None:
    check = drawn(wide)
    for stop in check.stops.all():
        second(wide, check.pk, wide.metered.points.index(stop.service_point), "9999")
    agent = wide.metered.company.agent
    for asked, key in (
        (ASKED, wide.reader_staff.pk),
        (Asked(ASKED.since, ASKED.until, ROUTE), wide.metered.route.pk),
    ):
        part, _whole = counts(wide, asked=asked)[measure]
        rows, more = rows_of(actor=agent, asked=asked, measure=measure, key=key)
        assert (len(rows), more) == (part, False)
        assert part > 0


def test_only_rounds_that_begin_in_the_days_and_units_count(wide: Round) -> None:
    assert counts(wide, asked=Asked(TODAY - timedelta(days=90), TODAY - timedelta(days=3))) == {}
    assert groups_of(actor=wide.metered.company.outsider, asked=ASKED) == []
    assert groups_of(actor=wide.reader, asked=ASKED) == []


def test_the_page_shows_the_funnel_to_those_who_may_see_it(wide: Round) -> None:
    today = timezone.localdate()
    ReadingRound.objects.update(since=min(TODAY, today), due_date=max(TODAY, today))
    office = browser(wide.metered.company.agent_staff)
    page = office.get(reverse("metering:quality") + "?measure=wrong").content.decode()
    assert 'class="q-funnel"' in page
    assert "马德胜" in page
    assert "too few to tell" in page
    assert "2 / 4" in page
    link = f"measure=wrong&amp;key={wide.reader_staff.pk}"
    assert link in page
    rows = office.get(
        reverse("metering:quality_rows") + f"?measure=wrong&key={wide.reader_staff.pk}"
    ).content.decode()
    assert rows.count("<tr>") == 3
    routes = office.get(reverse("metering:quality") + "?by=route&months=12").content.decode()
    assert wide.metered.route.name in routes
    assert browser(wide.reader_staff).get(reverse("metering:quality")).status_code == 403
    outside = browser(wide.metered.company.outsider_staff).get(reverse("metering:quality"))
    assert "马德胜" not in outside.content.decode()
    assert Reading.objects.filter(superseded_by__isnull=True, source="phone").count() == 3
