"""How fast Kewei is: one command, every figure beside its floor in the same run (docs/benchmarks.md)."""
