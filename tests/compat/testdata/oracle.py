# Runs Supervisor's own main functions, each in a forked child of one warmed-up
# interpreter: a command costs a fork instead of a start of Python.
#
# Reads one JSON object a line: {"main", "argv", "dir", "files": [in, out, err]},
# answers each with the exit code.

import json
import os
import sys
import traceback

import supervisor.supervisorctl
import supervisor.supervisord

MAINS = {
    "ctl": supervisor.supervisorctl.main,
    "daemon": supervisor.supervisord.main,
}


def child(request):
    os.setpgid(0, 0)
    os.chdir(request["dir"])
    flags = (os.O_RDONLY, os.O_WRONLY | os.O_APPEND, os.O_WRONLY | os.O_APPEND)
    for number, (path, flag) in enumerate(zip(request["files"], flags)):
        opened = os.open(path, flag)
        os.dup2(opened, number)
        os.close(opened)
    # The streams of this interpreter are empty and unread: they serve as they are.
    sys.argv = request["argv"]
    code = 0
    try:
        code = MAINS[request["main"]]()
    except SystemExit as stop:
        code = stop.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if code is not None and not isinstance(code, int):
        sys.stderr.write("%s\n" % code)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def main():
    answers = os.fdopen(os.dup(1), "w")
    requests = os.fdopen(os.dup(0), "r")
    for line in requests:
        pid = os.fork()
        if pid == 0:
            child(json.loads(line))
        _, status = os.waitpid(pid, 0)
        answers.write("%d\n" % os.waitstatus_to_exitcode(status))
        answers.flush()


main()
