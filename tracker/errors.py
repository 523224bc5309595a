"""The one error tree. The class says what the caller should do.

    TrackerError            every error of ours; its text is one sentence for people
    ├── UsageError          the operator asked for something wrong: mend the input, exit 2
    │   └── DeclarationError    a file in data/ is wrong: names file and way out
    ├── ArchiveError        the archive cannot be trusted or written: stop, nothing was added
    │   ├── Busy            another run holds the archive: try again later, exit 75
    │   ├── Forked          the log contradicts what was published: nothing given out, exit 65
    │   ├── Unreachable     the store of its bodies does not answer: try again later, exit 75
    │   └── Unwritten       nothing can be added, the disk being full, say: stop
    ├── TooCostly           a page takes too long to read or compare: it is named, all others go on
    ├── ImportFailed        what others archived cannot be read, or some records of it
    └── NotStamped          no timestamp was given or kept: the next run tries again

A page that cannot be fetched is no error but an outcome (`tracker.model.Outcome`):
it is recorded, shown and survived.
"""


class TrackerError(Exception):
    """Base of every error this package raises on purpose. `exit_code` is the process's."""

    exit_code = 1


class UsageError(TrackerError):
    """What was asked for cannot be done as asked; nothing was done."""

    exit_code = 2


class DeclarationError(UsageError):
    """A file of the operator's (declaration, topics, settings) cannot be accepted.

    `reasons` are all that is wrong with it, as far as it was read.
    """

    def __init__(self, file: str, *problems: str) -> None:
        super().__init__(f"{file}: {'; '.join(problems)}")
        self.file = file
        self.reasons = problems


class ArchiveError(TrackerError):
    """The archive cannot be read or written as it stands."""


class Busy(ArchiveError):
    """Another process is writing to this archive."""

    exit_code = 75


class Forked(ArchiveError):
    """The log does not go on from a checkpoint that was given out before."""

    exit_code = 65


class Unreachable(ArchiveError):
    """The store that an archive keeps its bodies in does not answer, or not as it should."""

    exit_code = 75


class TooCostly(TrackerError):
    """A page takes more processor time than any text of terms."""


class Unwritten(ArchiveError):
    """Nothing can be added to the archive."""


class ImportFailed(TrackerError):
    """A repository to import cannot be read."""


class NotStamped(TrackerError):
    """No timestamp of the log was given, or it could not be kept."""
