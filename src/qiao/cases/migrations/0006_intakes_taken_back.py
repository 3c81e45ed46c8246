"""How an intake of cases from outside that is taken back is forgotten.

Histories are append-only for the plain role. The function of the owner deletes those of cases that
an intake brought that is being taken back right now, and that nobody worked on since.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION cases_forget_taken_in(wanted_intake bigint, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(
        SELECT s.case_id FROM cases_casesource s
          JOIN cases_caseintake i ON i.id = s.intake_id AND i.state = 'rolling_back'
          JOIN cases_case c ON c.id = s.case_id AND c.event_count = s.entry_count
         WHERE i.id = wanted_intake AND s.case_id = ANY(ids));
BEGIN
    DELETE FROM cases_casecause WHERE case_id = ANY(mine);
    DELETE FROM cases_caseduty WHERE case_id = ANY(mine);
    DELETE FROM cases_caseclock WHERE case_id = ANY(mine);
    DELETE FROM cases_clockrecord WHERE case_id = ANY(mine);
    DELETE FROM cases_casesearch WHERE case_id = ANY(mine);
    DELETE FROM cases_casesource WHERE case_id = ANY(mine);
    DELETE FROM cases_caseevent WHERE case_id = ANY(mine);
    DELETE FROM cases_case WHERE id = ANY(mine);
END $$;
"""
UNDO = "DROP FUNCTION cases_forget_taken_in(bigint, bigint[])"


class Migration(migrations.Migration):
    replaces = [("cases", "0024_intake")]
    dependencies = [("cases", "0005_words")]
    operations = [migrations.RunSQL(SQL, UNDO)]
