"""Questions about visits, by topic. The first argument is always the person who asks, where it says nothing else."""
