"""Tables that defend themselves: what was answered, published or noted down is never changed or removed."""

from alembic import op

revision = "0002"
down_revision = "0001"

_FROZEN = "OF organisation, period, version, sha256, built_by"  # of a release; its state goes forward
GUARDS = (
    ("responses", "UPDATE", ""),
    ("responses", "DELETE", ""),
    ("release_files", "UPDATE", ""),
    ("release_files", "DELETE", ""),
    ("releases", "UPDATE", _FROZEN),
    ("releases", "DELETE", ""),
    ("audit", "UPDATE", ""),
    ("audit", "DELETE", ""),
)
TABLES = tuple(dict.fromkeys(table for table, _, _ in GUARDS))


def upgrade() -> None:
    if not _postgresql():
        for table, act, of in GUARDS:
            op.execute(
                f"CREATE TRIGGER {_name(table, act)} BEFORE {act} {of} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{act} of {table} is never allowed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION hailong_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% of % is never allowed', TG_OP, TG_TABLE_NAME; END $$"
    )
    for table, act, of in (*GUARDS, *((table, "TRUNCATE", "") for table in TABLES)):
        op.execute(
            f"CREATE TRIGGER {_name(table, act)} BEFORE {act} {of} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hailong_refuse()"
        )


def downgrade() -> None:
    if not _postgresql():
        for table, act, _ in GUARDS:
            op.execute(f"DROP TRIGGER {_name(table, act)}")
        return
    for table in TABLES:
        for act in ("UPDATE", "DELETE", "TRUNCATE"):
            op.execute(f"DROP TRIGGER {_name(table, act)} ON {table}")
    op.execute("DROP FUNCTION hailong_refuse()")


def _name(table: str, act: str) -> str:
    return f"no_{act.lower()}_of_{table}"


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
