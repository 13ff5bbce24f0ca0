"""Pure rules of sprints."""
