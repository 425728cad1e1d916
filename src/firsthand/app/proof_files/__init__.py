"""What goes into every proof as it stands: the program that checks it, and what it means in plain words."""
