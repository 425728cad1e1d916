"""Publish: pages and documents from what the archive holds. Pure: it returns bytes, app/ writes them."""
