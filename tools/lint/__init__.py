"""The house's rules that ruff, mypy and import-linter do not know, as checks: `python -m tools.lint`.

Each rule is a module with one function, `check`, and a docstring that says the rule and why it is one.
"""
