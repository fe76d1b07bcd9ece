# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell in a terminal of its own, as somebody types into it.

Control-G in the shell prints the line being edited between two marks and drops it; what a key did is known once they are
read. Tab completes, control-B lists."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

BEGIN, END = "<<", ">>"
BASH = r"""
PS1='' PS2=''
shown() { printf '\n%s%s%s\n' '<''<' "$READLINE_LINE" '>''>'; READLINE_LINE= READLINE_POINT=0; }
bind 'set enable-bracketed-paste off' 'set completion-query-items 0' 'set page-completions off'
bind -x '"\C-g": shown'
source "$FREEJAC_COMPLETION"
"""
ZSH = r"""
PS1='' PS2='' RPS1='' LISTMAX=10000
unsetopt zle_bracketed_paste prompt_cr prompt_sp
fpath=("$FREEJAC_COMPLETION" $fpath)
autoload -U compinit && compinit -D -u
shown() { zle -I; print -r -- '<''<'"$BUFFER"'>''>'; BUFFER= }
zle -N shown
bindkey -e
bindkey '^G' shown
bindkey '^I' complete-word
bindkey '^B' list-choices
"""


class Terminal:
    """A shell that reads and writes a pseudo-terminal of 200 columns."""

    def __init__(self, words, setup, completion, place):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 200, 0, 0))
        environment = dict(os.environ, TERM="dumb", LC_ALL="C", FREEJAC_COMPLETION=completion, HISTFILE="", HOME=place)
        self.child = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=place,
                                      start_new_session=True, close_fds=True)
        os.close(slave)
        self.read = ""
        for line in setup.strip().splitlines():
            os.write(self.master, (line + "\r").encode())
        self.key_until("", r"\A", quiet=0.5)
        self.complete("") # all of the setup is done

    def key_until(self, keys, pattern, quiet=0.0):
        """Sends keys and reads until the pattern is there, and nothing more comes for a while."""
        self.read = ""
        os.write(self.master, keys.encode())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = re.search(pattern, self.read)
            ready, _, _ = select.select([self.master], [], [], quiet if found else 1)
            if not ready and found:
                break
            if ready:
                try:
                    self.read += os.read(self.master, 65536).decode("utf-8", "replace").replace("\r", "")
                except OSError: # the shell has gone
                    break
        return re.search(pattern, self.read)

    def line(self):
        """The line being edited, which ends."""
        found = self.key_until("\x07", f"(?s){BEGIN}(.*?){END}")
        return found.group(1).rstrip() if found else f"nothing came: {self.read!r}"

    def complete(self, keys):
        """What the line is after these keys."""
        os.write(self.master, keys.encode())
        return self.line()

    def choices(self, keys):
        """What is listed behind these keys, with texts; the line comes again below. Zsh lists nothing while keys wait."""
        self.key_until(keys + "\x02", rf"(?s) -- .*\n{keys}\s*\Z", quiet=0.1)
        listed = self.read
        self.line()
        return listed

    def end(self):
        os.killpg(self.child.pid, signal.SIGHUP)
        os.close(self.master)
        self.child.wait(timeout=20)


def bash(completion, place):
    return Terminal(["bash", "--norc", "--noprofile", "-i"], BASH, completion, place)


def zsh(folder, place):
    return Terminal(["zsh", "-f", "-i"], ZSH, folder, place)
