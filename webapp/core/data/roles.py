"""Two roles on PostgreSQL: one owns the tables, and the app's own may do less."""

from sqlalchemy import Connection, inspect, make_url

GRANTS = {
    "": "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "act": "REVOKE UPDATE, DELETE ON act FROM {role}",
    "alembic_version": "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
}


def let_the_app_in(connection: Connection, app_url: str) -> None:
    """Give the app's role what it needs of all tables there are now; of acts, to read and add."""
    name = make_url(app_url).username or ""
    role = connection.dialect.identifier_preparer.quote_identifier(name)
    there = {"", *inspect(connection).get_table_names()}
    for table, grant in GRANTS.items():
        if table in there:
            connection.exec_driver_sql(grant.format(role=role))
