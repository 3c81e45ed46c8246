"""Kept counts of suggestions, and votes read through duplicates."""

from django.db import migrations

VIEWS = """
CROSS JOIN LATERAL (VALUES
    ('state', c.state, c.joined_into_id IS NULL AND c.screening <> 'spam'),
    ('screening', c.screening, true),
    ('joined', '', c.joined_into_id IS NOT NULL)
) AS v (view, holder, holds)
"""
INTO = "INSERT INTO feedback_suggestioncountchange (organisation_id, day, view, holder, n)"
DAY = "date '0001-01-01'"

SQL = f"""
CREATE FUNCTION feedback_suggestion_count_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, {DAY}, v.view, v.holder, count(*)
      FROM new_rows c {VIEWS} WHERE v.holds GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE FUNCTION feedback_suggestion_count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT organisation_id, {DAY}, view, holder, sum(n) FROM (
        SELECT c.organisation_id, v.view, v.holder, 1 AS n
          FROM new_rows c {VIEWS} WHERE v.holds
        UNION ALL
        SELECT c.organisation_id, v.view, v.holder, -1
          FROM old_rows c {VIEWS} WHERE v.holds
    ) AS changes GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION feedback_suggestion_count_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INTO}
    SELECT c.organisation_id, {DAY}, v.view, v.holder, -count(*)
      FROM old_rows c {VIEWS} WHERE v.holds GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE TRIGGER feedback_suggestion_count_insert AFTER INSERT ON feedback_suggestion
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_suggestion_count_insert();
CREATE TRIGGER feedback_suggestion_count_update AFTER UPDATE ON feedback_suggestion
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_suggestion_count_update();
CREATE TRIGGER feedback_suggestion_count_delete AFTER DELETE ON feedback_suggestion
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_suggestion_count_delete();

CREATE FUNCTION feedback_fold_suggestion_counts() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM feedback_suggestioncountchange
        RETURNING organisation_id, day, view, holder, n
    ), folded AS (
        INSERT INTO feedback_suggestioncount AS kept (organisation_id, day, view, holder, n)
        SELECT organisation_id, day, view, holder, sum(n) FROM taken
         GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4
        ON CONFLICT (organisation_id, view, day, holder) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;

-- The suggestion that stands for one, and all that one stands for.
CREATE FUNCTION feedback_suggestion_root(one bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up (id, joined_into_id) AS (
        SELECT s.id, s.joined_into_id FROM feedback_suggestion s WHERE s.id = one
        UNION
        SELECT s.id, s.joined_into_id
          FROM up JOIN feedback_suggestion s ON s.id = up.joined_into_id
    )
    SELECT id FROM up WHERE joined_into_id IS NULL
$$;

CREATE FUNCTION feedback_suggestion_held_as(one bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE down (id) AS (
        SELECT one
        UNION
        SELECT s.id FROM down JOIN feedback_suggestion s ON s.joined_into_id = down.id
    )
    SELECT array_agg(id ORDER BY id) FROM down
$$;

-- Different voters of a suggestion and of all joined with it; merged customers are one.
CREATE FUNCTION feedback_suggestion_votes(one bigint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT CASE WHEN v.customer_id IS NULL THEN v.voter
                               ELSE 'c' || customers_survivor(v.customer_id) END)::integer
      FROM feedback_suggestionvote v
     WHERE v.suggestion_id = ANY(feedback_suggestion_held_as(one))
$$;

CREATE FUNCTION feedback_suggestion_recount(one bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Locked first: the next statement then sees the votes of whoever held the lock before.
    PERFORM 1 FROM feedback_suggestion WHERE id = one FOR NO KEY UPDATE;
    UPDATE feedback_suggestion SET votes = feedback_suggestion_votes(one)
     WHERE id = one AND votes <> feedback_suggestion_votes(one);
END $$;

CREATE FUNCTION feedback_vote_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.suggestion_id ELSE NEW.suggestion_id END;
BEGIN
    PERFORM feedback_suggestion_recount(part);
    IF feedback_suggestion_root(part) <> part THEN
        PERFORM feedback_suggestion_recount(feedback_suggestion_root(part));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION feedback_suggestion_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.joined_into_id IS NOT NULL THEN
        PERFORM feedback_suggestion_recount(feedback_suggestion_root(OLD.joined_into_id));
    END IF;
    PERFORM feedback_suggestion_recount(feedback_suggestion_root(NEW.id));
    RETURN NULL;
END $$;

CREATE TRIGGER feedback_vote_changed AFTER INSERT OR DELETE ON feedback_suggestionvote
    FOR EACH ROW EXECUTE FUNCTION feedback_vote_changed();
CREATE TRIGGER feedback_suggestion_joined AFTER UPDATE OF joined_into_id ON feedback_suggestion
    FOR EACH ROW WHEN (OLD.joined_into_id IS DISTINCT FROM NEW.joined_into_id)
    EXECUTE FUNCTION feedback_suggestion_joined();
"""
UNDO = """
DROP TRIGGER feedback_suggestion_joined ON feedback_suggestion;
DROP TRIGGER feedback_vote_changed ON feedback_suggestionvote;
DROP FUNCTION feedback_suggestion_joined();
DROP FUNCTION feedback_vote_changed();
DROP FUNCTION feedback_suggestion_recount(bigint);
DROP FUNCTION feedback_suggestion_votes(bigint);
DROP FUNCTION feedback_suggestion_held_as(bigint);
DROP FUNCTION feedback_suggestion_root(bigint);
DROP FUNCTION feedback_fold_suggestion_counts();
DROP FUNCTION feedback_suggestion_count_insert() CASCADE;
DROP FUNCTION feedback_suggestion_count_update() CASCADE;
DROP FUNCTION feedback_suggestion_count_delete() CASCADE;
"""


class Migration(migrations.Migration):
    replaces = [("feedback", "0009_suggestion_counts")]
    dependencies = [
        ("customers", "0002_merging"),
        ("feedback", "0003_defaults"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
