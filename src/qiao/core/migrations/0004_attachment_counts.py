"""How many files an owner has is kept."""

from django.db import migrations

KEEP = """
CREATE FUNCTION core_attachment_tally_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO core_attachmenttally AS t (owner_kind, owner_id, files)
  SELECT owner_kind, owner_id, count(*) FROM added
   GROUP BY owner_kind, owner_id ORDER BY owner_kind, owner_id
  ON CONFLICT (owner_kind, owner_id) DO UPDATE SET files = t.files + excluded.files;
  RETURN NULL;
END $$;
CREATE FUNCTION core_attachment_tally_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core_attachmenttally t SET files = t.files - g.n
    FROM (SELECT owner_kind, owner_id, count(*) AS n FROM gone
           GROUP BY owner_kind, owner_id) g
   WHERE (t.owner_kind, t.owner_id) = (g.owner_kind, g.owner_id);
  DELETE FROM core_attachmenttally t USING (SELECT DISTINCT owner_kind, owner_id FROM gone) g
   WHERE (t.owner_kind, t.owner_id) = (g.owner_kind, g.owner_id) AND t.files = 0;
  RETURN NULL;
END $$;
CREATE FUNCTION core_attachment_tally_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core_attachmenttally t SET files = t.files - g.n
    FROM (SELECT o.owner_kind, o.owner_id, count(*) AS n FROM gone o JOIN added w USING (id)
           WHERE (o.owner_kind, o.owner_id) <> (w.owner_kind, w.owner_id)
           GROUP BY o.owner_kind, o.owner_id) g
   WHERE (t.owner_kind, t.owner_id) = (g.owner_kind, g.owner_id);
  INSERT INTO core_attachmenttally AS t (owner_kind, owner_id, files)
  SELECT w.owner_kind, w.owner_id, count(*) FROM gone o JOIN added w USING (id)
   WHERE (o.owner_kind, o.owner_id) <> (w.owner_kind, w.owner_id)
   GROUP BY w.owner_kind, w.owner_id ORDER BY w.owner_kind, w.owner_id
  ON CONFLICT (owner_kind, owner_id) DO UPDATE SET files = t.files + excluded.files;
  DELETE FROM core_attachmenttally t USING (SELECT DISTINCT owner_kind, owner_id FROM gone) g
   WHERE (t.owner_kind, t.owner_id) = (g.owner_kind, g.owner_id) AND t.files = 0;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_added AFTER INSERT ON core_attachment REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION core_attachment_tally_added();
CREATE TRIGGER tally_gone AFTER DELETE ON core_attachment REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION core_attachment_tally_gone();
CREATE TRIGGER tally_moved AFTER UPDATE ON core_attachment
  REFERENCING OLD TABLE AS gone NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION core_attachment_tally_moved();
"""
DROP = """
DROP TRIGGER tally_added ON core_attachment;
DROP TRIGGER tally_gone ON core_attachment;
DROP TRIGGER tally_moved ON core_attachment;
DROP FUNCTION core_attachment_tally_moved, core_attachment_tally_added, core_attachment_tally_gone;
"""


class Migration(migrations.Migration):
    replaces = [("core", "0010_attachment_tally")]
    dependencies = [("core", "0003_letting_go")]
    operations = [migrations.RunSQL(KEEP, DROP)]
