"""The database's history, for Alembic; `storage.migrate` runs it."""
