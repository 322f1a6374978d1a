"""What a policy is worth, and what is worth knowing before paying for it."""
