"""The parts of other modules' pages that messages bring."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Command, NavItem, Panel, TimelineSource
from qiao.messaging.models import Message
from qiao.messaging.queries.outbox import troubled_count

VIEW, MANAGE = "messages.view", "messages.manage"

NAVIGATION = (
    NavItem(
        "messaging", pgettext_lazy("rail", "Outbox"), "send", "messaging:outbox", MANAGE, 55,
        "g b", troubled_count,
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        "messaging.outbox", _("Outbox: messages to customers"), "send", "messaging:outbox", VIEW
    ),
    Command(
        "messaging.texts", _("Texts of notices"), "forms", "messaging:notices", "messages.texts"
    ),
    Command(
        "messaging.printing",
        _("Letters to print and post"),
        "printer",
        "messaging:printing",
        MANAGE,
    ),
)
_ADDRESSES = """
SELECT jsonb_build_object('rows', coalesce(jsonb_agg(jsonb_build_object(
           'id', e.id, 'address', e.address, 'primary', e.is_primary, 'standing', e.standing,
           'since', e.standing_since, 'reason', e.standing_reason)
           ORDER BY e.is_primary DESC, e.id), '[]'))
  FROM messaging_emailaddress e
 WHERE e.customer_id = ANY(%(customer_ids)s::bigint[])
   AND cardinality(%(organisation_ids)s::bigint[]) > 0
"""
_LATEST = """
SELECT jsonb_agg(x.line ORDER BY x.at DESC) FROM (
SELECT m.created_at AS at, jsonb_build_object('id', m.id, 'title', m.title, 'kind', m.kind,
           'state', m.state, 'channel', m.channel, 'at', coalesce(m.sent_at, m.created_at)) AS line
  FROM messaging_message m
 WHERE m.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (m.organisation_id + 0) = ANY(%(organisation_ids)s)
 ORDER BY m.created_at DESC LIMIT 6) x
"""
PANELS = (
    Panel(
        "messaging.addresses", _("Email addresses"), "messaging/panels/addresses.html", _ADDRESSES,
        "customers.contact", frozenset({"customer.file"}), 16,
    ),
    Panel(
        "messaging.messages", _("Messages"), "messaging/panels/messages.html", _LATEST, VIEW,
        frozenset({"customer.service"}), 80,
    ),
)  # fmt: skip
TIMELINE = (
    TimelineSource(
        key="messaging",
        sql="""
SELECT m.created_at, 'message', m.id, '', m.title, m.body, coalesce(s.name, ''), m.state,
       m.reference
  FROM messaging_message m LEFT JOIN staff_staff s ON s.id = m.created_by_id
 WHERE m.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (m.organisation_id + 0) = ANY(%(organisation_ids)s) AND m.created_at < %(before)s
   AND m.state <> 'skipped'
 ORDER BY m.created_at DESC LIMIT %(limit)s
""",
        permission=VIEW,
        url_name="messaging:message",
        icon="send",
        words=dict(Message.State.choices),
    ),
)
