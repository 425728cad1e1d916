"""What model promises."""
