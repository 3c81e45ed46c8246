"""The version row that changes with every change of rights or of the tree."""

from django.db import migrations

SQL = """
INSERT INTO staff_rightsversion (version) VALUES (1);
CREATE FUNCTION staff_raise_rights_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE staff_rightsversion SET version = version + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER staff_rights_assignment AFTER INSERT OR UPDATE OR DELETE ON staff_assignment
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
CREATE TRIGGER staff_rights_role AFTER INSERT OR UPDATE OR DELETE ON staff_role
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
CREATE TRIGGER staff_rights_membership AFTER INSERT OR UPDATE OR DELETE ON staff_membership
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
CREATE TRIGGER staff_rights_organisation AFTER INSERT OR UPDATE OR DELETE ON staff_organisation
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [
        migrations.RunSQL(
            SQL,
            "DROP FUNCTION staff_raise_rights_version() CASCADE; DELETE FROM staff_rightsversion",
        )
    ]
