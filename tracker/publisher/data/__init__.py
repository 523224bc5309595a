"""The data files: what programs read, column by column."""
