"""Kept figures of calls: every write of turns also writes what it changes in them."""

from django.db import migrations

KEYS = "organisation_id, line_id, queue, staff_id, slot_at"
SUMS = (
    "offered", "answered", "in_time", "abandoned", "abandoned_short", "lost", "left_early",
    "handled", "transfers", "answer_wait_seconds", "abandon_wait_seconds", "ring_seconds",
    "talk_seconds", "hold_seconds", "wrap_seconds",
)
COLUMNS = f"{KEYS}, {', '.join(SUMS)}, longest_wait_seconds"

# One turn (aliased t) as a line of figures.
LINE = """
    SELECT t.organisation_id, coalesce(t.line_id, 0) AS line_id, t.queue,
           coalesce(t.staff_id, 0) AS staff_id, t.slot_at,
           (t.kind IN ('answered', 'abandoned', 'lost'))::int AS offered,
           (t.kind = 'answered')::int AS answered,
           (t.kind = 'answered' AND t.is_in_time)::int AS in_time,
           (t.kind = 'abandoned')::int AS abandoned,
           (t.kind = 'abandoned' AND t.is_short)::int AS abandoned_short,
           (t.kind = 'lost')::int AS lost,
           (t.kind = 'left')::int AS left_early,
           (t.kind IN ('answered', 'passed'))::int AS handled,
           t.is_transferred::int AS transfers,
           CASE WHEN t.kind = 'answered' THEN t.wait_seconds ELSE 0 END AS answer_wait_seconds,
           CASE WHEN t.kind = 'abandoned' THEN t.wait_seconds ELSE 0 END AS abandon_wait_seconds,
           t.ring_seconds, t.talk_seconds, t.hold_seconds,
           coalesce(t.wrap_seconds, 0) AS wrap_seconds,
           t.wait_seconds AS longest_wait_seconds
      FROM {turns} t
"""
SUMMED = ", ".join(f"sum(x.{name} * x.sign)" for name in SUMS)
INTO = f"INSERT INTO telephony_callfigurechange ({COLUMNS})"


def changes(lines):
    return f"""
    {INTO}
    SELECT x.organisation_id, x.line_id, x.queue, x.staff_id, x.slot_at, {SUMMED},
           max(x.longest_wait_seconds * greatest(x.sign, 0))
      FROM ({lines}) x
     GROUP BY 1, 2, 3, 4, 5;"""


NEW = f"SELECT n.*, 1 AS sign FROM ({LINE.format(turns='new_rows')}) n"
OLD = f"SELECT o.*, -1 AS sign FROM ({LINE.format(turns='old_rows')}) o"
ALL = f"SELECT a.*, 1 AS sign FROM ({LINE.format(turns='telephony_callturn')}) a"
ADDED = ", ".join(f"{name} = kept.{name} + EXCLUDED.{name}" for name in SUMS)

SQL = f"""
CREATE FUNCTION telephony_figure_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {changes(NEW)}
    RETURN NULL;
END $$;

CREATE FUNCTION telephony_figure_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {changes(f"{NEW} UNION ALL {OLD}")}
    RETURN NULL;
END $$;

CREATE FUNCTION telephony_figure_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {changes(OLD)}
    RETURN NULL;
END $$;

CREATE TRIGGER telephony_figure_insert AFTER INSERT ON telephony_callturn
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_figure_insert();
CREATE TRIGGER telephony_figure_update AFTER UPDATE ON telephony_callturn
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_figure_update();
CREATE TRIGGER telephony_figure_delete AFTER DELETE ON telephony_callturn
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_figure_delete();

-- What the figures should be, from the turns themselves.
CREATE FUNCTION telephony_refigure() RETURNS SETOF telephony_callfigurechange
LANGUAGE sql STABLE AS $$
    SELECT 0::bigint, x.organisation_id, x.line_id, x.queue, x.staff_id, x.slot_at,
           {{sums}}
      FROM ({ALL}) x
     GROUP BY x.organisation_id, x.line_id, x.queue, x.staff_id, x.slot_at
$$;

-- Folds changes into the figures; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION telephony_fold_figures() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM telephony_callfigurechange RETURNING *
    ), folded AS (
        INSERT INTO telephony_callfigure AS kept ({COLUMNS})
        SELECT {KEYS}, {", ".join(f"sum({name})" for name in SUMS)}, max(longest_wait_seconds)
          FROM taken
         GROUP BY {KEYS}
         ORDER BY {KEYS}
        ON CONFLICT (organisation_id, slot_at, queue, staff_id, line_id) DO UPDATE
            SET {ADDED},
                longest_wait_seconds =
                    greatest(kept.longest_wait_seconds, EXCLUDED.longest_wait_seconds)
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;

-- Counts everything anew from the turns.
CREATE FUNCTION telephony_figure_again() RETURNS bigint LANGUAGE sql AS $$
    DELETE FROM telephony_callfigure;
    DELETE FROM telephony_callfigurechange;
    {changes(ALL)}
    SELECT telephony_fold_figures()
$$;
"""
# The columns of a row of changes stand in the order of the model.
ORDER = (
    "offered", "answered", "in_time", "abandoned", "abandoned_short", "lost", "left_early",
    "handled", "transfers", "answer_wait_seconds", "abandon_wait_seconds",
    "longest_wait_seconds", "ring_seconds", "talk_seconds", "hold_seconds", "wrap_seconds",
)
SQL = SQL.replace(
    "{sums}",
    ", ".join(
        f"max(x.{name})::int" if name == "longest_wait_seconds"
        else f"sum(x.{name})::{'bigint' if name.endswith('_seconds') else 'int'}"
        for name in ORDER
    ),
)
UNDO = """
DROP FUNCTION telephony_figure_again();
DROP FUNCTION telephony_fold_figures();
DROP FUNCTION telephony_refigure();
DROP FUNCTION telephony_figure_insert() CASCADE;
DROP FUNCTION telephony_figure_update() CASCADE;
DROP FUNCTION telephony_figure_delete() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("telephony", "0002_turns")]
    operations = [migrations.RunSQL(SQL, UNDO)]
