"""The planner of visits: which days, which order, by whom; docs/algorithms/planning.md. Pure: no clock, no tables."""
