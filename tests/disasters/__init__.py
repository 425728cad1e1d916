"""What must hold when files are hostile and machines fail. The names of the tests are the promises."""
