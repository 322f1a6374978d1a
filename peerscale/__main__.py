"""`python -m peerscale` is `peerscale`."""

from peerscale.cli import main

if __name__ == "__main__":
    main()
