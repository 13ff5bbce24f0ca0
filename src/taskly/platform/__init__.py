"""What talks to infrastructure and knows no domain: database, event log, jobs, live updates, HTTP."""
