"""The command, and `python -m peerscale`: Ctrl-C is heard from the first moment on, while the rest is still being read."""

from peerscale import stopping


def run() -> None:
    """Run the command that was typed."""
    stopping.listen()
    try:
        from peerscale.cli import main
    except KeyboardInterrupt:
        stopping.leave(stopping.code())
    main()


if __name__ == "__main__":
    run()
