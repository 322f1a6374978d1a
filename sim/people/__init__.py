"""Who lives where: the people of each area, what happens to them in a year, and an area of one's own."""
