"""The parts of other modules' pages that follow-ups bring: panels, timeline, the left list."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Command, NavItem, Panel, QueueSource, TimelineSource
from qiao.feedback.inbox import count_inbox, find_inbox, load_inbox
from qiao.feedback.models import FollowUp, Rating
from qiao.feedback.queries import my_open_count

VIEW, WORK = "followups.view", "followups.work"

NAVIGATION = (
    NavItem(
        key="feedback",
        label=_("Follow-ups"),
        icon="phone-outgoing",
        url_name="feedback:list",
        permission=WORK,
        order=25,
        shortcut="g f",
        count=my_open_count,
    ),
)

OF_CASE = """
SELECT jsonb_build_object('id', f.id, 'case', f.case_id, 'state', f.state, 'rating', f.rating,
    'resolved', f.resolved, 'words', f.words, 'attempts', f.attempt_count, 'person', s.name,
    'due', f.due_at, 'finished', f.finished_at)
  FROM feedback_followup f JOIN staff_staff s ON s.id = f.assigned_to_id
 WHERE f.case_id = %(case_id)s AND f.state <> 'cancelled'
   AND f.organisation_id = ANY(%(organisation_ids)s)
 ORDER BY f.id DESC LIMIT 1
"""
OF_CUSTOMER = """
SELECT jsonb_build_object(
    'counts', (SELECT jsonb_object_agg(rating, n)
                 FROM (SELECT rating, count(*) AS n FROM said GROUP BY rating) k),
    'n', (SELECT count(*) FROM said),
    'unsolved', (SELECT count(*) FROM said WHERE NOT resolved),
    'words', (SELECT coalesce(jsonb_agg(w.line ORDER BY w.at DESC), '[]') FROM (
        SELECT confirmed_at AS at, jsonb_build_object('id', id, 'rating', rating, 'state', state,
               'words', words, 'at', confirmed_at) AS line
          FROM said WHERE words <> '' ORDER BY confirmed_at DESC LIMIT 3) w))
  FROM (SELECT 1) one
 WHERE EXISTS (SELECT 1 FROM said)
"""
SAID = f"""
WITH said AS (
    SELECT f.id, f.rating, f.state, f.resolved, f.words, f.confirmed_at
      FROM cases_case c JOIN feedback_followup f ON f.case_id = c.id AND f.state = 'reached'
     WHERE c.customer_id = ANY(%(customer_ids)s::bigint[])
       AND (f.organisation_id + 0) = ANY(%(organisation_ids)s)
)
{OF_CUSTOMER}
"""  # noqa: S608 - this module's own pieces
PANELS = (
    Panel(
        key="feedback.case",
        title=_("Follow-up"),
        template="feedback/panels/case.html",
        sql=OF_CASE,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=20,
    ),
    Panel(
        key="feedback.said",
        title=_("Satisfaction"),
        template="feedback/panels/said.html",
        sql=SAID,
        permission=VIEW,
        places=frozenset({"aside", "customer", "customer.service"}),
        order=80,
    ),
)

TIMELINE = (
    TimelineSource(
        key="feedback",
        sql="""
SELECT f.finished_at, 'follow_up', f.id, '', c.title, f.words, s.name,
       CASE WHEN f.state = 'reached' THEN f.rating ELSE f.state END, c.number
  FROM cases_case c
  JOIN feedback_followup f ON f.case_id = c.id AND f.state IN ('reached', 'unreached')
  JOIN staff_staff s ON s.id = coalesce(f.confirmed_by_id, f.assigned_to_id)
 WHERE c.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (f.organisation_id + 0) = ANY(%(organisation_ids)s) AND f.finished_at < %(before)s
 ORDER BY f.finished_at DESC, f.id DESC LIMIT %(limit)s
""",
        permission=VIEW,
        url_name="feedback:detail",
        icon="phone-outgoing",
        words=dict([*Rating.choices, *FollowUp.State.choices]),
    ),
)

INBOX = (
    QueueSource(
        key="feedback",
        label=pgettext_lazy("inbox", "Customers to call back"),
        permission=WORK,
        load=load_inbox,
        find=find_inbox,
        order=30,
        counts=count_inbox,
        topics=("followups",),
        sorted_by=pgettext_lazy("inbox order", "due first"),
    ),
)

COMMANDS = (
    Command("feedback.list", _("My follow-ups"), "phone-outgoing", "feedback:list", WORK, "G F"),
    Command(
        "feedback.satisfaction",
        _("Satisfaction by cause"),
        "mood-smile",
        "feedback:satisfaction",
        VIEW,
    ),
)
