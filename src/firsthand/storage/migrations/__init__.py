"""The steps that bring a database from one shape to the next. Shipped with the package, run when an archive opens."""
