"""What an operator runs, where it is more than a call: check, sandbox. The commands themselves: bot/__main__.py."""
