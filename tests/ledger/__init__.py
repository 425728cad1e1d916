"""What ledger promises."""
