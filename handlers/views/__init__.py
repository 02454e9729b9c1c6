"""Views: state to message, purely. What a person sees is decided here and nowhere else."""
