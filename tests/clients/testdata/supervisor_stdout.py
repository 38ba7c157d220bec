"""What the plug-in supervisor-stdout consists of: a listener, which gives each
event back as its result, and a handler of results, which Supervisor's daemon
loads and which prints the output in them. The handler is ours, for the original
to load; our daemon has one built in."""
import sys


def event_handler(event, response):
    header, data = response.decode("utf-8").split("\n", 1)
    words = dict(word.split(":") for word in header.split())
    prefix = "%s %s | " % (words["processname"], words["channel"])
    print("\n".join(prefix + line for line in data.split("\n")))
    sys.stdout.flush()


def main():
    while True:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        words = dict(word.split(":") for word in sys.stdin.readline().split())
        data = sys.stdin.read(int(words["len"]))
        sys.stdout.write("RESULT %d\n%s" % (len(data.encode("utf-8")), data))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
