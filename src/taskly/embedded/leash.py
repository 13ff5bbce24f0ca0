"""Runs a program that ends when the one who started it ends, however that happened.

    python -I -S leash.py PARENT SIGNAL ACCOUNT PROGRAM [ARGUMENT]…

On Linux the kernel sends SIGNAL to the program when PARENT dies, even by `kill -9`. ACCOUNT is
`uid:gid`, or `-` to stay who we are. It is a program, not a function between fork and exec, because
Python code there may hang in a process with threads. The kernel forgets the signal when the account
changes, so the account comes first; our own modules may be out of that account's reach, so imports
come before both.
"""

import ctypes
import os
import sys

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
CANNOT_EXECUTE = 126


def main(arguments: list[str]) -> None:
    """Become the program."""
    parent, number, account, *command = arguments
    kernel = ctypes.CDLL(None)
    if account != "-":
        uid, _, gid = account.partition(":")
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        kernel.prctl(SET_DEATH_SIGNAL, int(number), 0, 0, 0)
        if os.getppid() != int(parent):
            return  # it has died meanwhile
    try:
        os.execv(command[0], command)  # noqa: S606  # our own callers name the program
    except OSError as error:
        sys.stderr.write(f"{command[0]} can't be run: {error.strerror}\n")
        sys.exit(CANNOT_EXECUTE)


if __name__ == "__main__":
    main(sys.argv[1:])
