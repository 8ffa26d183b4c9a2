"""The supervisor of `tidegate up`: starts the processes, restarts what dies, stops them all."""
