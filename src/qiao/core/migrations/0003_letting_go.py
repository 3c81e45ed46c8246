"""The doors by which rows that nobody may change lose a person's words, or go when they are due."""

from django.db import migrations

# An approved erasure.
REDACT = r"""
CREATE FUNCTION qiao_redacted(value jsonb, strict boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    words text;
BEGIN
    CASE jsonb_typeof(value)
    WHEN 'object' THEN
        RETURN coalesce((
            SELECT jsonb_object_agg(e.key, CASE
                   WHEN e.key IN ('text', 'words', 'note', 'title', 'description', 'place', 'reason',
                                  'subject', 'summary', 'caller_name', 'caller_phone', 'label',
                                  'file_name', 'name', 'phone', 'address')
                        AND jsonb_typeof(e.value) = 'string' THEN '""'::jsonb
                   ELSE qiao_redacted(e.value, strict) END)
              FROM jsonb_each(value) e), '{}');
    WHEN 'array' THEN
        RETURN coalesce((
            SELECT jsonb_agg(qiao_redacted(e.value, strict) ORDER BY e.n)
              FROM jsonb_array_elements(value) WITH ORDINALITY e (value, n)), '[]');
    WHEN 'string' THEN
        words := value #>> '{}';
        IF NOT strict AND (words ~ '^[a-z][a-z0-9_.]*$' OR words ~ '^[0-9.]{1,6}$'
                           OR words ~ '^\d{4}-\d\d-\d\d([T ][0-9:.+Z-]+)?$') THEN
            RETURN value;
        END IF;
        RETURN '""';
    ELSE
        RETURN value;
    END CASE;
END $$;

CREATE FUNCTION qiao_may_erase(approval bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM core_approval a
                    WHERE a.id = approval AND a.kind = 'customers.erase' AND a.state = 'approved'
                      AND a.decided_at > clock_timestamp() - interval '7 days') THEN
        RAISE EXCEPTION 'approval % does not allow an erasure', approval USING ERRCODE = '42501';
    END IF;
END $$;

-- Rows of `target` whose `key` is among `keys` lose the words of `fields`: text becomes a dash,
-- JSON keeps keys, numbers and moments. Gives the number of rows.
CREATE FUNCTION qiao_redact(approval bigint, target text, key text, keys bigint[], fields text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    field text;
    changes text[] := '{}';
    found bigint;
BEGIN
    PERFORM qiao_may_erase(approval);
    FOREACH field IN ARRAY fields LOOP
        changes := changes || format(
            CASE (SELECT format_type(a.atttypid, NULL) FROM pg_attribute a
                   WHERE a.attrelid = to_regclass(target) AND a.attname = field)
            WHEN 'jsonb' THEN '%1$I = qiao_redacted(%1$I)'
            ELSE '%1$I = CASE WHEN %1$I = '''' THEN '''' ELSE ''–'' END' END, field);
    END LOOP;
    EXECUTE format('UPDATE %I SET %s WHERE %I = ANY($1)', target,
                   array_to_string(changes, ', '), key) USING keys;
    GET DIAGNOSTICS found = ROW_COUNT;
    RETURN found;
END $$;

-- The trail of these rows keeps which columns changed, when and by whom, without the values.
CREATE FUNCTION qiao_redact_trail(approval bigint, target text, rows bigint[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM qiao_may_erase(approval);
    UPDATE core_auditentry
       SET before = qiao_redacted(before, true), after = qiao_redacted(after, true)
     WHERE table_name = target AND row_id = ANY(rows);
    GET DIAGNOSTICS found = ROW_COUNT;
    RETURN found;
END $$;
"""

# What was kept for as long as it has to be.
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
    replaces = [
        ("core", "0004_personal_data"),
        ("core", "0006_retention"),
    ]
    dependencies = [("core", "0002_history")]
    operations = [
        migrations.RunSQL(
            REDACT,
            "DROP FUNCTION qiao_redact_trail(bigint, text, bigint[]);"
            "DROP FUNCTION qiao_redact(bigint, text, text, bigint[], text[]);"
            "DROP FUNCTION qiao_may_erase(bigint);"
            "DROP FUNCTION qiao_redacted(jsonb, boolean)",
        ),
        migrations.RunSQL(EXPIRE, "DROP FUNCTION qiao_expire(text, bigint[])"),
    ]
