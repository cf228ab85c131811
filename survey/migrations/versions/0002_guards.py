"""Tables that defend themselves: what was answered, published or noted down is never changed or removed."""

from alembic import op

revision = "0002"
down_revision = "0001"

GUARDS = {
    "responses": ("UPDATE", "DELETE"),
    "release_files": ("UPDATE", "DELETE"),
    "releases": ("DELETE",),
    "audit": ("UPDATE", "DELETE"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION hailong_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% of % is never allowed', TG_OP, TG_TABLE_NAME; END $$"
        )
    for table, acts in GUARDS.items():
        for act in acts:
            op.execute(_guard(table, act))


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, acts in GUARDS.items():
        for act in acts:
            op.execute(f"DROP TRIGGER {_name(table, act)}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION hailong_refuse()")


def _name(table: str, act: str) -> str:
    return f"no_{act.lower()}_of_{table}"


def _guard(table: str, act: str) -> str:
    if op.get_bind().dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {_name(table, act)} BEFORE {act} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION hailong_refuse()"
        )
    return (
        f"CREATE TRIGGER {_name(table, act)} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{act} of {table} is never allowed'); END"
    )
