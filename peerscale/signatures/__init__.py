"""What can be typed after some commands. Signatures only: each imports what it needs when it runs."""
