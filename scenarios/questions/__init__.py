"""What is asked of many worlds: explain, relief, solve, sensitivity, discover and others."""
