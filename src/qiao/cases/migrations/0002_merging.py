"""The case that stands for a case, and those that a case stands for."""

from django.db import migrations

SQL = """
-- The case that stands for a case: itself, or the end of the chain of merges.
CREATE FUNCTION cases_survivor(wanted bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT id, merged_into_id FROM cases_case WHERE id = wanted
        UNION
        SELECT c.id, c.merged_into_id FROM cases_case c JOIN chain ON c.id = chain.merged_into_id
    )
    SELECT id FROM chain WHERE merged_into_id IS NULL
$$;

-- The cases that a case stands for, merged through others too; not itself.
CREATE FUNCTION cases_merged_in(wanted bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE merged AS (
        SELECT id FROM cases_case WHERE merged_into_id = wanted
        UNION
        SELECT c.id FROM cases_case c JOIN merged ON c.merged_into_id = merged.id
    )
    SELECT id FROM merged
$$;
"""
UNDO = "DROP FUNCTION cases_survivor(bigint); DROP FUNCTION cases_merged_in(bigint)"


class Migration(migrations.Migration):
    replaces = [("cases", "0009_joining")]
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
