"""The demo: the whole road, played by people of a story, against the real bot in a process of its own."""
