"""How the networks run on this very board: what ``visaged tune`` measures, and the daemon uses."""
