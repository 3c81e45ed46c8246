"""Writers of cases fold the kept counts now and then, so that a burst leaves few changes to add up.

The job folds once a minute; a burst main brings thousands of cases in that time, and every list adds
their changes up. One write of fifty folds what has gathered. Whoever finds another fold under way
leaves the changes to it: nobody waits.
"""

from django.db import migrations

ONE_OF = 50
LOCK = "hashtext('cases_fold_counts')"

SQL = f"""
DROP INDEX cases_countchange_view;
CREATE INDEX cases_countchange_view
    ON cases_casecountchange (view, organisation_id, day, holder);

ALTER FUNCTION cases_fold_counts() RENAME TO cases_fold_counts_held;
-- Returns how many changes it folded; none where another transaction folds.
CREATE FUNCTION cases_fold_counts() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock({LOCK}) THEN
        RETURN 0;
    END IF;
    RETURN cases_fold_counts_held();
END $$;

CREATE FUNCTION cases_fold_at_times() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF random() * {ONE_OF} < 1 THEN
        PERFORM cases_fold_counts();
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_fold_at_times AFTER INSERT ON cases_casecountchange
    FOR EACH STATEMENT EXECUTE FUNCTION cases_fold_at_times();
"""
UNDO = """
DROP TRIGGER cases_fold_at_times ON cases_casecountchange;
DROP FUNCTION cases_fold_at_times();
DROP FUNCTION cases_fold_counts();
ALTER FUNCTION cases_fold_counts_held() RENAME TO cases_fold_counts;
DROP INDEX cases_countchange_view;
CREATE INDEX cases_countchange_view ON cases_casecountchange (view, organisation_id);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_counts_of_what_turned")]
    operations = [migrations.RunSQL(SQL, UNDO)]
