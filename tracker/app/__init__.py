"""The use cases, without a command line: what each command does, given a workspace and a time."""
