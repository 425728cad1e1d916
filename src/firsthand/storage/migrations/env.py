"""Called by Alembic. The connection is the caller's, and so is the transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
