"""What the rules of follow-ups start with; every value is dated and may be changed."""

from django.db import migrations

SQL = """
INSERT INTO core_setting (key, organisation_id, region, valid, value, source, changed_at)
VALUES
    ('feedback.attempts_needed', NULL, '', daterange('2000-01-01', NULL), '3',
     'Company rule: three attempts on record close a follow-up without the customer', now()),
    ('feedback.attempt_gap_minutes', NULL, '', daterange('2000-01-01', NULL), '30',
     'Company rule: two attempts lie at least 30 minutes apart', now()),
    ('feedback.other_person_groups', NULL, '', daterange('2000-01-01', NULL), '["complaint"]',
     'Company rule: complaints are called back by somebody other than the handler', now())
"""
UNDO = "DELETE FROM core_setting WHERE key LIKE 'feedback.%'"


class Migration(migrations.Migration):
    dependencies = [("feedback", "0002_kept_counts"), ("core", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
