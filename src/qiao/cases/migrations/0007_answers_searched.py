"""Answers of forms are among the words that cases are found by; see `queries.searching`."""

from django.db import migrations

# What is answered in words is searched as it was typed, a choice by its names in all languages.
# Telephone numbers, days and figures are no words; runs of digits as long as an identity or bank
# number are left out, wherever they were typed.
ASKED = r"""
CREATE FUNCTION cases_asked_words(definition jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(f ->> 'key', CASE
           WHEN f ->> 'kind' IN ('text', 'long') THEN 'true'::jsonb
           ELSE (SELECT jsonb_object_agg(c ->> 'key',
                        concat_ws(E'\n', c ->> 'en', c ->> 'zh-Hans', c ->> 'zh-Hant'))
                   FROM jsonb_array_elements(f -> 'choices') AS c WHERE c ? 'key') END), '{}')
      FROM jsonb_array_elements(CASE jsonb_typeof(definition -> 'fields')
                                WHEN 'array' THEN definition -> 'fields' ELSE '[]' END) AS f
     WHERE f ? 'key' AND f ->> 'kind' IN ('text', 'long', 'choice', 'choices')
$$;
ALTER TABLE cases_processversion
  ADD COLUMN asked_words jsonb GENERATED ALWAYS AS (cases_asked_words(definition)) STORED;

CREATE FUNCTION cases_answer_words(facts jsonb, asked jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
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
           END AS said) AS w
$$;

-- The words of all that was answered in a case, by the versions that it keeps; one that came from
-- elsewhere has the form of its opening's moment.
CREATE FUNCTION cases_words_of_answers(wanted cases_case) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN wanted.facts <> '{}' THEN cases_answer_words(wanted.facts,
           coalesce((SELECT f.asked_words FROM cases_processversion f WHERE f.id = coalesce(
               wanted.form_id,
               (SELECT v.id FROM cases_processversion v
                  JOIN cases_casetype t ON t.id = wanted.case_type_id
                 WHERE v.key = 'form:' || t.key AND v.in_force_from <= wanted.opened_at
                   AND v.withdrawn_at IS NULL
                 ORDER BY v.in_force_from DESC, v.version DESC LIMIT 1))), '{}')
           || coalesce((SELECT p.asked_words FROM cases_processversion p
                         WHERE p.id = wanted.process_id), '{}')) END
$$;

CREATE OR REPLACE FUNCTION cases_search_renew(wanted bigint[]) RETURNS void LANGUAGE sql AS $$
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
                             EXCLUDED.words)
$$;
CREATE TRIGGER cases_search_answers AFTER UPDATE OF facts ON cases_case FOR EACH ROW
    WHEN (OLD.facts IS DISTINCT FROM NEW.facts) EXECUTE FUNCTION cases_search_case();
"""
# Those alone whose answers hold words: renewing the others changes nothing and takes as long.
FILL = """
SELECT cases_search_renew(ARRAY(
    SELECT id FROM cases_case c WHERE facts <> '{}' AND cases_words_of_answers(c) <> ''));
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_intakes_taken_back")]
    operations = [
        migrations.RunSQL(ASKED, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
