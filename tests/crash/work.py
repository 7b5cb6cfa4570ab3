"""Workers to be killed: `start` on standard input forks one off, warm, and prints its process id.

Few connections, so that a kill leaves little in doubt and many kills fit into few emails.
"""

import os
import signal
import sys
import threading

from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.worker import dispatcher, loop, sender_pool

CONNECTIONS = 8


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    dispatcher.CONNECTIONS = dispatcher.MIN_AHEAD = dispatcher.MAX_AHEAD = sender_pool.OUTCOMES_PER_COMMIT = (
        CONNECTIONS
    )
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            loop.run(build_runtime(load_settings()), stop=threading.Event())
        print(child, flush=True)


if __name__ == "__main__":
    main()
