"""What the phases share: draws, clocks, wants, places, money, who has room, what is written down."""
