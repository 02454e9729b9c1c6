"""What the team does: the queue, cards, cases, members. Everything here is behind `guard`."""
