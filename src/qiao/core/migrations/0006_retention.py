"""Records of retention, and the one door by which rows that nobody may delete go when due."""

from django.db import migrations, models

EXPIRE = """
-- Rows older than the legal floor only, whatever the caller computed. Gives the number of rows.
CREATE FUNCTION qiao_expire(target text, idents bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moment text;
    floor interval;
    found bigint;
BEGIN
    SELECT x.moment, x.floor INTO moment, floor FROM (VALUES
        ('core_disclosure', 'at', interval '1095 days'),
        ('core_auditentry', 'at', interval '1095 days'),
        ('core_event', 'recorded_at', interval '183 days')) AS x (target, moment, floor)
     WHERE x.target = qiao_expire.target;
    IF moment IS NULL THEN
        RAISE EXCEPTION 'rows of % are kept', target USING ERRCODE = '42501';
    END IF;
    EXECUTE format('DELETE FROM %I WHERE id = ANY($1) AND %I < clock_timestamp() - $2',
                   target, moment) USING idents, floor;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality(idents) THEN
        RAISE EXCEPTION 'some of these rows of % are younger than %', target, floor
            USING ERRCODE = '42501';
    END IF;
    RETURN found;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_of_many")]
    operations = [
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("before", models.DateTimeField()),
                ("removed", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name="retentionrun",
            index=models.Index(fields=["rule", "-id"], name="core_retentionrun_latest"),
        ),
        migrations.RunSQL(EXPIRE, "DROP FUNCTION qiao_expire(text, bigint[])"),
    ]
