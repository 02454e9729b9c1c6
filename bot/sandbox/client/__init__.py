"""The other end of the control API: people, groups and channels as a script or a test drives them."""
