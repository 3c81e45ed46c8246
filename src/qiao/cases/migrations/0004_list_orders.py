"""One index for each order of `queries.sorting`: of open cases by unit, and of all by unit."""

from django.db import migrations

RANK = "array_position(ARRAY['urgent','high','normal','low'], priority)"
SQL = f"""
CREATE INDEX cases_open_opened ON cases_case (organisation_id, opened_at, id)
    WHERE closed_at IS NULL;
CREATE INDEX cases_open_changed ON cases_case (organisation_id, changed_at, id)
    WHERE closed_at IS NULL;
CREATE INDEX cases_open_number ON cases_case (organisation_id, number, id)
    WHERE closed_at IS NULL;
CREATE INDEX cases_open_priority ON cases_case (organisation_id, ({RANK}),
    (coalesce(due_at, timestamptz '9999-01-01 00:00:00+00')), id) WHERE closed_at IS NULL;
CREATE INDEX cases_all_changed ON cases_case (organisation_id, changed_at, id);
CREATE INDEX cases_all_number ON cases_case (organisation_id, number, id);
CREATE INDEX cases_all_priority ON cases_case (organisation_id, (- {RANK}), opened_at, id);
"""
UNDO = """
DROP INDEX cases_open_opened, cases_open_changed, cases_open_number, cases_open_priority,
    cases_all_changed, cases_all_number, cases_all_priority;
"""


class Migration(migrations.Migration):
    replaces = [("cases", "0019_lists")]
    dependencies = [("cases", "0003_kept_counts")]
    operations = [migrations.RunSQL(SQL, UNDO)]
