"""Runs a command on a terminal of its own: terminal.py COLUMNS ROWS COMMAND...

What it writes goes to stdout. Lines on stdin say what happens to it:
  k HEX           these bytes are typed
  r COLUMNS ROWS  the terminal gets another size
  s NUMBER        it gets a signal
At the end stderr has its exit code, and whether the terminal is as it was.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
go, ready = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.read(go, 1)
    os.execvp(command[0], command)
resize(terminal, columns, rows)
before = termios.tcgetattr(terminal)
os.write(ready, b"x")

orders = b""
sources = [terminal, 0]
while True:
    readable, _, _ = select.select(sources, [], [])
    if 0 in readable:
        more = os.read(0, 65536)
        if not more:
            os.kill(pid, signal.SIGKILL)
            sources.remove(0)
        orders += more
        while b"\n" in orders:
            order, orders = orders.split(b"\n", 1)
            words = order.decode().split()
            if words[0] == "k":
                os.write(terminal, bytes.fromhex(words[1]))
            elif words[0] == "r":
                resize(terminal, int(words[1]), int(words[2]))
            else:
                os.kill(pid, int(words[1]))
    if terminal in readable:
        try:
            text = os.read(terminal, 65536)
        except OSError:
            break
        if not text:
            break
        os.write(1, text)
after = termios.tcgetattr(terminal)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stderr.write("exit %d %s\n" % (code, "restored" if after == before else "changed"))
