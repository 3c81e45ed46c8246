"""What the rules of customers start with; every value is dated and may be changed."""

from django.db import migrations

SQL = """
INSERT INTO core_setting (key, organisation_id, region, valid, value, source, changed_at)
VALUES
    ('customers.loyalty', NULL, '', daterange('2000-01-01', NULL),
     '{"weights": {"value": 30, "tenure": 20, "repeat": 15, "satisfaction": 20, "complaints": 15},
       "full_years": 10}',
     'Company rule: value 30, tenure 20 (ten years full), repeat 15, satisfaction 20, complaints 15',
     now()),
    ('customers.move_ahead_days', NULL, '', daterange('2000-01-01', NULL), '60',
     'Company rule: a hand-over of an account is entered at most 60 days ahead', now())
"""
UNDO = "DELETE FROM core_setting WHERE key LIKE 'customers.%'"


class Migration(migrations.Migration):
    replaces = [
        ("customers", "0015_loyalty_weights"),
        ("customers", "0021_moves"),
    ]
    dependencies = [
        ("core", "0001_initial"),
        ("customers", "0009_imports_taken_back"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
