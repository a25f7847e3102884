"""Growth, retention, KPIs, forecasts and data-health findings; reads everything, writes nothing."""
