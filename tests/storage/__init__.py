"""What storage promises."""
