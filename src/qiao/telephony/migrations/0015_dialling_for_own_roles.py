"""Roles that a company changed keep what it chose: those whose people take calls may make them too.

The others are completed by `install_roles`.
"""

from django.db import migrations

SQL = """
UPDATE staff_role
   SET permissions = ARRAY(SELECT p FROM unnest(permissions || ARRAY['calls.dial']) p
                            ORDER BY p COLLATE "C")
 WHERE is_customised AND 'interactions.work' = ANY(permissions)
   AND NOT 'calls.dial' = ANY(permissions)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("telephony", "0014_old_calls_of_lists"),
        ("staff", "0005_absence_words"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
