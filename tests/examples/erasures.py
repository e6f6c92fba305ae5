"""Examples of what is said when somebody is erased."""

from collections.abc import Mapping

from bot import messages
from tests.examples.scene import Example

EXAMPLES: Mapping[str, Example] = {
    "erased": lambda s: messages.erased(s.viewer, messages.Erased(2, 3, 1, 4), s.reader, dry_run=False),
    "erased: dry run": lambda s: messages.erased(s.viewer, messages.Erased(), s.reader, dry_run=True),
}
