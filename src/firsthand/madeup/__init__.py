"""A made-up event with known truth: a drawn town, simulated phones, an online life, and what is true about it all."""
