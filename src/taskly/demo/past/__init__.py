"""What the boards have behind them when the demonstration begins.

`worked` and `present` draw, from plans, what somebody did when: pure, and always the same for the same plan. `telling`
does it at its moments, through the API of an application in this process whose clock is set to them. So the log is
as true as that of a board on which people worked for weeks.
"""
