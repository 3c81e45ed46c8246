"""What the rules of work orders start with; every value is dated and may be changed."""

from django.db import migrations

SQL = """
INSERT INTO core_setting (key, organisation_id, region, valid, value, source, changed_at)
VALUES
    ('dispatch.pausing_holds', NULL, '', daterange('2000-01-01', NULL), '["absent", "access"]',
     'Company rule: only what the customer has to make possible stops the clock', now())
"""
UNDO = "DELETE FROM core_setting WHERE key LIKE 'dispatch.%'"


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("core", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
