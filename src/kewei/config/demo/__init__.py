"""A company to look at: the cast of the design, 300 made-up terminals in three cities, two years of plausible trade."""
