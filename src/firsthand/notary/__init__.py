"""Keys, signatures and time stamps. The only door to cryptography; keys lie outside the archive."""
