"""Copy for the chart: what facilitators note about a session, as plain text, the morning after."""
