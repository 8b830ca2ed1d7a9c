"""The command ``gloam``."""
