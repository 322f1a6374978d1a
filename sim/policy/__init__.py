"""What a policy touches, and what is opened to see what it would gain."""
