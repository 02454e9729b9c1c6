"""How the cost of each act grows with what the database holds already."""
