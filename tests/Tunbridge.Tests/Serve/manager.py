# A service manager for tests: takes notifications, keeps descriptors, starts the service again with them.
# usage: manager.py SOCKET PROGRAM ARGS...   commands on stdin: "signal NAME", "start", "quit"; prints what it is told.
import array, fcntl, os, signal, socket, sys, threading

address, command = sys.argv[1], sys.argv[2:]
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind("\0" + address[1:] if address[0] == "@" else address)
store = {}
process = None


def say(text):
    print(text, flush=True)


def listen():
    while True:
        message, control, _, _ = notify.recvmsg(4096, socket.CMSG_SPACE(16))
        lines = message.decode().split("\n")
        name = next((l[7:] for l in lines if l.startswith("FDNAME=")), "")
        for level, kind, data in control:
            fds = array.array("i", data[: len(data) // 4 * 4])
            store.setdefault(name, []).append(fds[0])
        if "FDSTOREREMOVE=1" in lines and name in store:
            for fd in store.pop(name):
                os.close(fd)
        say("told " + " ".join(lines) + (" +fd" if control else ""))


def start():
    global process
    names = [name for name in store for _ in store[name]]
    process = os.fork()
    if process != 0:
        say("started")
        return
    # Ignored where the tests run under nohup.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.dup2(2, 1)
    # Out of the way of the numbers that they are to get.
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for name in store for fd in store[name]]
    for place, fd in enumerate(high):
        os.dup2(fd, 3 + place)
        os.set_inheritable(3 + place, True)
    os.environ.update(NOTIFY_SOCKET=address, WATCHDOG_USEC="400000", WATCHDOG_PID=str(os.getpid()))
    if names:
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=":".join(names))
    os.execvp(command[0], command)


threading.Thread(target=listen, daemon=True).start()
start()
for line in sys.stdin:
    words = line.split()
    if words[0] == "signal":
        os.kill(process, getattr(signal, "SIG" + words[1]))
        if words[1] != "HUP":
            _, status = os.waitpid(process, 0)
            say(f"ended {os.waitstatus_to_exitcode(status)}")
    elif words[0] == "start":
        start()
    elif words[0] == "quit":
        break
