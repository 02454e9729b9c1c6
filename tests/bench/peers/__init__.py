"""The peers: the same interview, written plainly with other libraries, each as its documentation teaches."""
