"""Searches for an experiment of the user, whose facts are in a TOML file (docs/experiments.md): ``produced@FILE.toml``."""
