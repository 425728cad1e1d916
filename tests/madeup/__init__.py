"""The made-up event: what it draws, what it sounds like, what it says is true."""
