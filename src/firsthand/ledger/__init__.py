"""The entry log as bytes: entries, salted payload digests, the RFC 6962 tree. Standard library only.

Small enough to be read by a stranger who wants to check an archive without firsthand.
"""
