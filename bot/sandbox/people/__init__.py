"""What people do, and the control API through which somebody does it for them."""
