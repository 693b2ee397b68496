"""What a program prints when Ctrl-C reaches it while it works."""

import signal
import subprocess
import sys
import time

# A shell's background jobs ignore Ctrl-C, and their children inherit that.
_HEARS = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"


def errors_after_ctrl_c(preparation: str, work: str) -> str:
    """Run `preparation`, then stop `work` after a while; what came on the standard error."""
    code = f"{_HEARS}{preparation}\nprint('ready', flush=True)\n{work}\n"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    return errors
