"""Words of cases and their pieces for a search, kept by triggers; see `queries.searching`."""

from django.db import migrations

# Characters below “{” are ASCII; what is kept are letters, digits and line ends. Ranges, not
# classes: what a class holds depends on the locale of the database.
FUNCTIONS = r"""
CREATE FUNCTION cases_folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(normalize(said, NFKC)) COLLATE "C",
        '[^a-z0-9\n\u00c0-\u1fff\u2c00-\u2fef\u3005-\u3007\u3040-\ud7ff\uf900-\ufdff'
        '\U00010000-\U0010ffff]+', '', 'g')
$$;

-- Two characters next to each other, three where all are ASCII; never across lines.
CREATE FUNCTION cases_grams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT g.gram), '{}')
      FROM (SELECT u.c, lead(u.c) OVER w AS n, lead(u.c, 2) OVER w AS m
              FROM unnest(string_to_array(folded, NULL)) WITH ORDINALITY AS u (c, o)
            WINDOW w AS (ORDER BY u.o)) AS t
     CROSS JOIN LATERAL (SELECT CASE
           WHEN t.c = E'\n' OR t.n = E'\n' THEN NULL
           WHEN t.c >= '{' COLLATE "C" OR t.n >= '{' COLLATE "C" THEN t.c || t.n
           WHEN t.m < '{' COLLATE "C" AND t.m <> E'\n' THEN t.c || t.n || t.m END AS gram) g
     WHERE g.gram IS NOT NULL
$$;

-- Writes what these cases are found by, from the cases and their histories as they stand.
CREATE FUNCTION cases_search_renew(wanted bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cases_casesearch AS kept
           (case_id, organisation_id, opened_at, is_open, words, grams)
    SELECT c.id, c.organisation_id, c.opened_at, c.closed_at IS NULL, f.words,
           cases_grams(f.words) || ARRAY['@w' || floor(extract(epoch FROM c.opened_at) / 604800)]
      FROM cases_case c
      LEFT JOIN customers_premises p ON p.id = c.premises_id
     CROSS JOIN LATERAL (SELECT left(cases_folded(concat_ws(E'\n', c.number,
           replace(c.title, E'\n', ' '), c.description, c.place,
           CASE WHEN p.full_text <> c.place THEN p.full_text END, c.caller_name, c.caller_phone,
           (SELECT string_agg(coalesce(e.data ->> 'text', e.data ->> 'words'), E'\n'
                              ORDER BY e.seq)
              FROM cases_caseevent e
             WHERE e.case_id = c.id AND (e.data ? 'text' OR e.data ? 'words')
               AND NOT EXISTS (SELECT 1 FROM cases_caseevent w
                                WHERE w.case_id = c.id AND w.kind = 'withdrawn'
                                  AND w.data -> 'seq' = to_jsonb(e.seq))))), 60000) AS words
           OFFSET 0) AS f
     WHERE c.id = ANY(wanted)
    ON CONFLICT (case_id) DO UPDATE
       SET organisation_id = EXCLUDED.organisation_id, opened_at = EXCLUDED.opened_at,
           is_open = EXCLUDED.is_open, words = EXCLUDED.words, grams = EXCLUDED.grams
     WHERE (kept.organisation_id, kept.opened_at, kept.is_open, kept.words)
           IS DISTINCT FROM (EXCLUDED.organisation_id, EXCLUDED.opened_at, EXCLUDED.is_open,
                             EXCLUDED.words)
$$;

CREATE FUNCTION cases_search_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_search_renew(ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION cases_search_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_search_renew(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE FUNCTION cases_search_said() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY(
    SELECT DISTINCT case_id FROM new_rows
     WHERE data ? 'text' OR data ? 'words' OR kind = 'withdrawn');
BEGIN
    IF touched <> '{}' THEN
        PERFORM cases_search_renew(touched);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION cases_search_unsaid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_search_renew(ARRAY(SELECT DISTINCT case_id FROM old_rows));
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER cases_search_insert AFTER INSERT ON cases_case
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_search_cases();
CREATE TRIGGER cases_search_update AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN ((OLD.title, OLD.description, OLD.place, OLD.caller_name, OLD.caller_phone,
           OLD.premises_id, OLD.organisation_id, OLD.closed_at IS NULL, OLD.number, OLD.opened_at)
          IS DISTINCT FROM
          (NEW.title, NEW.description, NEW.place, NEW.caller_name, NEW.caller_phone,
           NEW.premises_id, NEW.organisation_id, NEW.closed_at IS NULL, NEW.number, NEW.opened_at))
    EXECUTE FUNCTION cases_search_case();
CREATE TRIGGER cases_search_said AFTER INSERT ON cases_caseevent
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_search_said();
CREATE TRIGGER cases_search_unsaid AFTER UPDATE ON cases_caseevent
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_search_unsaid();
"""
UNDO = """
DROP TRIGGER cases_search_insert ON cases_case;
DROP TRIGGER cases_search_update ON cases_case;
DROP TRIGGER cases_search_said ON cases_caseevent;
DROP TRIGGER cases_search_unsaid ON cases_caseevent;
DROP FUNCTION cases_search_cases();
DROP FUNCTION cases_search_case();
DROP FUNCTION cases_search_said();
DROP FUNCTION cases_search_unsaid();
DROP FUNCTION cases_search_renew(bigint[]);
DROP FUNCTION cases_grams(text);
DROP FUNCTION cases_folded(text);
"""


class Migration(migrations.Migration):
    replaces = [("cases", "0020_search")]
    dependencies = [
        ("customers", "0001_initial"),
        ("cases", "0004_list_orders"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
