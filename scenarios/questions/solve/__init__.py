"""What would it take: from a goal to the cheapest policy that meets it in most of the worlds assumed."""
