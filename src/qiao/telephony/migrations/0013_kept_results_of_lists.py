"""Results of the calls of lists are kept as counts, beside those of entries."""

from django.db import migrations, models

SQL = """
CREATE FUNCTION telephony_list_tried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO telephony_calllistcountchange (call_list_id, kind, state, why, n)
    SELECT t.call_list_id, t.kind, '', t.result, count(*) FROM new_rows t GROUP BY 1, 2, 4;
    RETURN NULL;
END $$;
CREATE TRIGGER telephony_list_tried AFTER INSERT ON telephony_calllisttry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_list_tried();

-- Folds changes into the counts; one statement, so that no reader sees a row twice or not at all.
CREATE OR REPLACE FUNCTION telephony_fold_lists() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM telephony_calllistcountchange RETURNING call_list_id, kind, state, why, n
    ), folded AS (
        INSERT INTO telephony_calllistcount AS kept (call_list_id, kind, state, why, n)
        SELECT call_list_id, kind, state, why, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3, 4
        ON CONFLICT (call_list_id, kind, state, why) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;
INSERT INTO telephony_calllistcount (call_list_id, kind, state, why, n)
SELECT call_list_id, kind, '', result, count(*) FROM telephony_calllisttry GROUP BY 1, 2, 4;
"""
UNDO = """
DROP FUNCTION telephony_list_tried() CASCADE;
DELETE FROM telephony_calllistcount WHERE kind <> '';
DELETE FROM telephony_calllistcountchange WHERE kind <> '';
CREATE OR REPLACE FUNCTION telephony_fold_lists() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM telephony_calllistcountchange RETURNING call_list_id, state, why, n
    ), folded AS (
        INSERT INTO telephony_calllistcount AS kept (call_list_id, state, why, n)
        SELECT call_list_id, state, why, sum(n) FROM taken
         GROUP BY 1, 2, 3 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3
        ON CONFLICT (call_list_id, state, why) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('telephony', '0012_browser_phones'),
    ]

    operations = [
        migrations.AddField(
            model_name='calllistcount',
            name='kind',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='calllistcountchange',
            name='kind',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.RemoveConstraint(
            model_name='calllistcount',
            name='telephony_list_count_once',
        ),
        migrations.AddConstraint(
            model_name='calllistcount',
            constraint=models.UniqueConstraint(fields=('call_list_id', 'kind', 'state', 'why'), name='telephony_list_count_once'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
