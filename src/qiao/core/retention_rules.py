"""What the toolbox itself keeps, and for how long."""

from django.utils.translation import gettext_lazy as _

from qiao.core.exports import let_go
from qiao.core.manifest import Retention
from qiao.core.retention import BY_PLACE, expire
from qiao.core.tasks import KEEP_FINISHED_JOBS

_THREE_YEARS = _(
    "Three years: records of handling personal data (Personal Information Protection Law,"
    " article 56), limitation of claims (Civil Code, article 188)"
)
RETENTION = (
    Retention(
        key="core.exports",
        label=_("Files that people took away"),
        about=_("The file is removed; who took what and why stays"),
        table="core_export",
        due="r.state = 'done' AND r.expires_at <= %(now)s",
        keep=24,
        unit="hours",
        because=_("One day: whoever asked fetches it; a copy is not left lying about"),
        clear=let_go,
        hourly=True,
        fixed=True,
    ),
    Retention(
        key="core.jobs",
        label=_("Finished jobs of the background"),
        about=_("Deleted; failed ones stay until somebody decides"),
        table="procrastinate_jobs",
        due=(
            "r.status = 'succeeded' AND EXISTS (SELECT 1 FROM procrastinate_events e"
            " WHERE e.job_id = r.id AND e.type = 'succeeded' AND e.at < %(before)s)"
        ),
        keep=72,
        unit="hours",
        because=_("Three days: a weekend can be looked into on Monday"),
        parameter=KEEP_FINISHED_JOBS,
        batch=20_000,
        hourly=True,
    ),
    Retention(
        key="core.sessions",
        label=_("Ended sessions of the browser"),
        about=_("Deleted once they have run out"),
        table="django_session",
        due="r.expire_date < %(now)s",
        ident="r.session_key",
        keep=0,
        because=_("A session carries its own end"),
        hourly=True,
        fixed=True,
    ),
    Retention(
        key="core.deliveries",
        label=_("Marks that an event was delivered"),
        about=_("Deleted when nothing can deliver the event again"),
        table="core_idempotencykey",
        due="r.scope LIKE 'event:%%' AND r.created_at < %(before)s",
        ident=BY_PLACE,
        keep=90,
        because=_("A job is tried for ten minutes; three months leave room for a restored backup"),
        batch=20_000,
        fixed=True,
    ),
    Retention(
        key="core.disclosures",
        label=_("Who looked at hidden data and took lists away"),
        about=_("Deleted"),
        table="core_disclosure",
        due="r.at < %(before)s",
        keep=1_825,
        because=_("Five years: the legal three and a margin for what is found late"),
        least=1_095,
        most=7_300,
        law=_THREE_YEARS,
        clear=expire("core_disclosure"),
    ),
    Retention(
        key="core.trail",
        label=_("Audit trail"),
        about=_("Deleted"),
        table="core_auditentry",
        due="r.at < %(before)s",
        keep=3_650,
        because=_("Ten years: a tariff or an owner is asked about long after"),
        least=1_095,
        most=10_950,
        law=_THREE_YEARS,
        clear=expire("core_auditentry"),
        batch=10_000,
    ),
    Retention(
        key="core.events",
        label=_("Events: what happened, as facts and numbers"),
        about=_("Deleted"),
        table="core_event",
        due="r.recorded_at < %(before)s",
        keep=1_095,
        because=_("Three years: analyses compare with the years before"),
        least=183,
        most=3_650,
        law=_("Six months: network logs (Cybersecurity Law, article 21)"),
        clear=expire("core_event"),
        batch=10_000,
    ),
    Retention(
        key="core.retention",
        label=_("Records of this very page"),
        about=_("Deleted; runs that found nothing after a month"),
        table="core_retentionrun",
        due=(
            "r.started_at < %(before)s OR (r.removed = 0 AND r.held = 0"
            " AND r.finished_at IS NOT NULL"
            " AND r.started_at < %(now)s::timestamptz - interval '31 days')"
        ),
        keep=1_825,
        because=_("As long as disclosures: they prove that data went in time"),
        least=1_095,
        law=_THREE_YEARS,
    ),
)
