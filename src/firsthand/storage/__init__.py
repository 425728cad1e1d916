"""Adapters for records and sealed files. The only door to SQLAlchemy."""
