"""What renews the words of cases is planned once a connection.

A function in SQL that is called by a trigger is planned anew by each statement that fires it,
which took longer than running it; one in PL/pgSQL keeps its plans. The bodies are the same.
"""

from django.db import migrations

SQL = r"""
CREATE OR REPLACE FUNCTION cases_grams(folded text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(DISTINCT g.gram), '{}')
          FROM (SELECT u.c, lead(u.c) OVER w AS n, lead(u.c, 2) OVER w AS m
                  FROM unnest(string_to_array(folded, NULL)) WITH ORDINALITY AS u (c, o)
                WINDOW w AS (ORDER BY u.o)) AS t
         CROSS JOIN LATERAL (SELECT CASE
               WHEN t.c = E'\n' OR t.n = E'\n' THEN NULL
               WHEN t.c >= '{' COLLATE "C" OR t.n >= '{' COLLATE "C" THEN t.c || t.n
               WHEN t.m < '{' COLLATE "C" AND t.m <> E'\n' THEN t.c || t.n || t.m END AS gram) g
         WHERE g.gram IS NOT NULL);
END $$;

CREATE OR REPLACE FUNCTION cases_answer_words(facts jsonb, asked jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT string_agg(w.said, E'\n' ORDER BY a.key)
          FROM jsonb_each(facts) AS a
          JOIN jsonb_each(asked) AS q ON q.key = a.key
         CROSS JOIN LATERAL (SELECT CASE
               WHEN jsonb_typeof(q.value) = 'object' THEN (
                    SELECT string_agg(q.value ->> k, E'\n') FROM jsonb_array_elements_text(
                           CASE jsonb_typeof(a.value) WHEN 'array' THEN a.value
                           ELSE jsonb_build_array(a.value) END) AS k)
               WHEN jsonb_typeof(a.value) = 'string' THEN
                    regexp_replace(a.value #>> '{}', '([0-9][ -]?){14,}[0-9Xx]', ' ', 'g')
               END AS said) AS w);
END $$;

CREATE OR REPLACE FUNCTION cases_words_of_answers(wanted cases_case) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF wanted.facts = '{}' THEN
        RETURN NULL;
    END IF;
    RETURN cases_answer_words(wanted.facts,
        coalesce((SELECT f.asked_words FROM cases_processversion f WHERE f.id = coalesce(
            wanted.form_id,
            (SELECT v.id FROM cases_processversion v
               JOIN cases_casetype t ON t.id = wanted.case_type_id
              WHERE v.key = 'form:' || t.key AND v.in_force_from <= wanted.opened_at
                AND v.withdrawn_at IS NULL
              ORDER BY v.in_force_from DESC, v.version DESC LIMIT 1))), '{}')
        || coalesce((SELECT p.asked_words FROM cases_processversion p
                      WHERE p.id = wanted.process_id), '{}'));
END $$;

CREATE OR REPLACE FUNCTION cases_search_renew(wanted bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_casesearch AS kept
           (case_id, organisation_id, opened_at, is_open, words, grams)
    SELECT c.id, c.organisation_id, c.opened_at, c.closed_at IS NULL, f.words,
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
                             EXCLUDED.words);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_rare_filters")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
