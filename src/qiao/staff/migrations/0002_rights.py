"""Whoever changes rights, the tree or features raises the one version of all rights."""

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
CREATE TRIGGER staff_rights_unitbar AFTER INSERT OR UPDATE OR DELETE ON staff_unitbar
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
CREATE TRIGGER staff_rights_home AFTER UPDATE OF organisation_id ON staff_staff
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
CREATE TRIGGER staff_rights_feature AFTER INSERT OR UPDATE OR DELETE ON core_featureswitch
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
"""
UNDO = "DROP FUNCTION staff_raise_rights_version() CASCADE; DELETE FROM staff_rightsversion"


class Migration(migrations.Migration):
    replaces = [
        ("staff", "0002_rights_version"),
        ("staff", "0009_features"),
    ]
    dependencies = [
        ("core", "0001_initial"),
        ("staff", "0001_initial"),
        # Signing in refers to people too. Made now, while few models do, since Django builds all that do
        # anew at each of these steps.
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
