"""Timelines of sprints, and help with planning the next one."""
