"""The changelog site: one module for each kind of page, and what the pages share."""
