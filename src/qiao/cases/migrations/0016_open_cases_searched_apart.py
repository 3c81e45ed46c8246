"""Words of open cases stand in a table of their own.

Whether a case is open was part of the condition of an index, so that closing one wrote all pieces
of its words anew, into both indexes: most of what a closing cost. A row that goes costs nothing.
What is said to all reports of a common cause is found at the cause, not at each of thousands.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

FIELDS = ("title", "description", "place", "caller_name", "caller_phone", "premises_id",
          "organisation_id", "number", "opened_at")  # fmt: skip
OLD, NEW = (", ".join(f"{row}.{field}" for field in FIELDS) for row in ("OLD", "NEW"))

BEFORE = "DROP TRIGGER cases_search_update ON cases_case;"
SQL = rf"""
CREATE OR REPLACE FUNCTION cases_search_renew(wanted bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_casesearch AS kept (case_id, organisation_id, opened_at, words, grams)
    SELECT c.id, c.organisation_id, c.opened_at, f.words,
           cases_grams(f.words) || ARRAY['@w' || floor(extract(epoch FROM c.opened_at) / 604800)]
      FROM cases_case c
      LEFT JOIN customers_premises p ON p.id = c.premises_id
     CROSS JOIN LATERAL (SELECT left(cases_folded(concat_ws(E'\n', c.number,
           replace(c.title, E'\n', ' '), c.description, c.place,
           CASE WHEN p.full_text <> c.place THEN p.full_text END, c.caller_name, c.caller_phone,
           cases_words_of_answers(c),
           (SELECT string_agg(coalesce(e.data ->> 'text', e.data ->> 'words'), E'\n'
                              ORDER BY e.seq)
              FROM cases_caseevent e
             WHERE e.case_id = c.id AND (e.data ? 'text' OR e.data ? 'words')
               AND e.data ->> 'channel' IS DISTINCT FROM 'broadcast'
               AND NOT EXISTS (SELECT 1 FROM cases_caseevent w
                                WHERE w.case_id = c.id AND w.kind = 'withdrawn'
                                  AND w.data -> 'seq' = to_jsonb(e.seq))))), 60000) AS words
           OFFSET 0) AS f
     WHERE c.id = ANY(wanted)
    ON CONFLICT (case_id) DO UPDATE
       SET organisation_id = EXCLUDED.organisation_id, opened_at = EXCLUDED.opened_at,
           words = EXCLUDED.words, grams = EXCLUDED.grams
     WHERE (kept.organisation_id, kept.opened_at, kept.words)
           IS DISTINCT FROM (EXCLUDED.organisation_id, EXCLUDED.opened_at, EXCLUDED.words);
    PERFORM cases_search_opened(wanted);
END $$;

CREATE OR REPLACE FUNCTION cases_search_said() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY(
    SELECT DISTINCT case_id FROM new_rows
     WHERE ((data ? 'text' OR data ? 'words') AND data ->> 'channel' IS DISTINCT FROM 'broadcast')
        OR kind = 'withdrawn');
BEGIN
    IF touched <> '{{}}' THEN
        PERFORM cases_search_renew(touched);
    END IF;
    RETURN NULL;
END $$;

-- Copies the words of those of these cases that are open.
CREATE FUNCTION cases_search_opened(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_opencasesearch AS kept (case_id, organisation_id, words, grams)
    SELECT s.case_id, s.organisation_id, s.words, s.grams
      FROM cases_casesearch s JOIN cases_case c ON c.id = s.case_id
     WHERE s.case_id = ANY(wanted) AND c.closed_at IS NULL
    ON CONFLICT (case_id) DO UPDATE
       SET organisation_id = EXCLUDED.organisation_id, words = EXCLUDED.words,
           grams = EXCLUDED.grams
     WHERE (kept.organisation_id, kept.words, kept.grams)
           IS DISTINCT FROM (EXCLUDED.organisation_id, EXCLUDED.words, EXCLUDED.grams);
END $$;

CREATE FUNCTION cases_search_turned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closed_at IS NULL THEN
        PERFORM cases_search_opened(ARRAY[NEW.id]);
    ELSE
        DELETE FROM cases_opencasesearch WHERE case_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER cases_search_update AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN (({OLD}) IS DISTINCT FROM ({NEW})) EXECUTE FUNCTION cases_search_case();
CREATE TRIGGER cases_search_turned AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN ((OLD.closed_at IS NULL) IS DISTINCT FROM (NEW.closed_at IS NULL))
    EXECUTE FUNCTION cases_search_turned();

CREATE OR REPLACE FUNCTION cases_forget_taken_in(wanted_intake bigint, ids bigint[]) RETURNS void
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
    DELETE FROM cases_opencasesearch WHERE case_id = ANY(mine);
    DELETE FROM cases_casesearch WHERE case_id = ANY(mine);
    DELETE FROM cases_casesource WHERE case_id = ANY(mine);
    DELETE FROM cases_caseevent WHERE case_id = ANY(mine);
    DELETE FROM cases_case WHERE id = ANY(mine);
END $$;
"""
FILL = """
INSERT INTO cases_opencasesearch (case_id, organisation_id, words, grams)
SELECT s.case_id, s.organisation_id, s.words, s.grams
  FROM cases_casesearch s JOIN cases_case c ON c.id = s.case_id WHERE c.closed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_green_rules_by_unit")]
    operations = [
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="casesearch", name="cases_search_open"),
        migrations.RemoveField(model_name="casesearch", name="is_open"),
        migrations.CreateModel(
            name="OpenCaseSearch",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("words", models.TextField()),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["grams"], name="cases_search_open"
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
