"""The benchmark: this bot and its peers, over real HTTP, on the same interviews."""
