"""Calls of lists are let go of after their time, by one door that refuses younger ones."""

from django.db import migrations, models

SQL = """
-- What is younger than a year stays, whatever the caller computed: the quiet days of lists look
-- back so far at most. Gives the number of rows.
CREATE FUNCTION telephony_expire_tries(idents bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    DELETE FROM telephony_calllisttry
     WHERE id = ANY(idents) AND at < clock_timestamp() - interval '365 days';
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality(idents) THEN
        RAISE EXCEPTION 'some of these calls of lists are younger than a year'
            USING ERRCODE = '42501';
    END IF;
    RETURN found;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('telephony', '0013_kept_results_of_lists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='calllisttry',
            index=models.Index(fields=['at'], name='telephony_tries_by_age'),
        ),
        migrations.RunSQL(SQL, "DROP FUNCTION telephony_expire_tries(bigint[])"),
    ]
