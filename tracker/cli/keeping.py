"""The commands for whoever keeps an archive: doctor, backup, restore."""

from __future__ import annotations

import click

COMMANDS: tuple[click.Command, ...] = ()
