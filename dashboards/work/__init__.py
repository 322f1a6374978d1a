"""What the server works on for its pages: runs, searches, cases, turns."""
