"""The one tree of errors. The class says what the caller should do.

    TrackerError            every error of ours; its text is one sentence for people
    ├── UsageError          the command or the input is wrong: correct it, exit 2
    │   └── DeclarationError    a file in data/ is wrong: the text names the file and the way out
    ├── ArchiveError        the archive cannot be trusted or written: stop, nothing was added
    │   ├── Busy            another run holds the archive: try again later, exit 75
    │   ├── Forked          the log contradicts what was published: give nothing out, exit 65
    │   ├── Unreachable     the store of its bodies does not answer: try again later, exit 75
    │   └── Unwritten       nothing can be added, for instance because the disk is full: stop
    ├── TooCostly           a page takes too long to read or compare: name it, go on with the others
    ├── ImportFailed        the records of others, or some of them, cannot be read
    └── NotStamped          no timestamp was given or kept: the next run tries again

A page that cannot be fetched is not an error but an outcome (`tracker.model.Outcome`): it is
recorded and shown, and the run goes on.
"""


class TrackerError(Exception):
    """Base of every error that this package raises on purpose. `exit_code` is the process's."""

    exit_code = 1


class UsageError(TrackerError):
    """A request that cannot be carried out as asked; nothing was done."""

    exit_code = 2


class DeclarationError(UsageError):
    """A file of the operator's (declaration, topics, settings) that cannot be accepted.

    `reasons` are all the faults found in it, as far as it could be read.
    """

    def __init__(self, file: str, *problems: str) -> None:
        super().__init__(f"{file}: {'; '.join(problems)}")
        self.file = file
        self.reasons = problems


class ArchiveError(TrackerError):
    """An archive that cannot be read or written in its present state."""


class Busy(ArchiveError):
    """An archive that another process is writing to."""

    exit_code = 75


class Forked(ArchiveError):
    """A log that does not continue from a checkpoint that was given out before."""

    exit_code = 65


class Unreachable(ArchiveError):
    """A store of bodies that does not answer, or not as it should."""

    exit_code = 75


class TooCostly(TrackerError):
    """A page that takes more processor time than any text of terms."""


class Unwritten(ArchiveError):
    """An archive to which nothing can be added."""


class ImportFailed(TrackerError):
    """A repository, file or archive of others that cannot be imported, in whole or in part."""


class NotStamped(TrackerError):
    """A timestamp of the log that was not given, or could not be kept."""


def without_advice(reason: str) -> str:
    """Return a reason without what only an operator could do about it.

    Parts of a reason are separated by semicolons; advice names commands or settings in backticks.
    """
    parts = reason.rstrip(".").split("; ")
    kept = [part for part in parts if "`" not in part and "the next run" not in part]
    return reason if kept == parts else "; ".join(kept or parts[:1]) + "."
