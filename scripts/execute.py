"""A module of Python that is run as a program, and ends when the script that began it does, however that ends.

`python scripts/execute.py PID MODULE ...`: the process to watch, the module, and its own arguments. A kernel that
papermill or pytest has begun ends with them.
"""

import os
import runpy
import sys
import threading
import time


def end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


threading.Thread(target=end_with, args=(int(sys.argv.pop(1)),), daemon=True).start()
sys.modules["rfc3987_syntax"] = None  # it takes two seconds to import, and jsonschema does without
del sys.argv[0]
sys.path[0] = os.getcwd()
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
