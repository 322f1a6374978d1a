"""Running worlds: the one pool of processes, the one store of finished jobs, and what makes a run the same run."""
