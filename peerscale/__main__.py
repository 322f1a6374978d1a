"""The command, and `python -m peerscale`: Ctrl-C is heard from the first moment on, while the rest is still being read."""

import sys

from peerscale import rooms, stopping


def run() -> None:
    """Run the command that was typed."""
    stopping.listen()
    try:
        rooms.must_be_ours()
        from peerscale.cli import main
    except rooms.HiddenError as hidden:
        print(hidden, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        stopping.leave(stopping.code())
    main()


if __name__ == "__main__":
    run()
