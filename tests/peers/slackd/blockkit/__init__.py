from tests.peers.slackd.blockkit.manifest import check_manifest as check_manifest
from tests.peers.slackd.blockkit.payloads import check_message as check_message
from tests.peers.slackd.blockkit.payloads import check_view as check_view
from tests.peers.slackd.blockkit.rules import Problem as Problem
