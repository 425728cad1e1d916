"""What was offered: is it a file we take, and what does it say of itself? Pure judgements on facts handed in."""
