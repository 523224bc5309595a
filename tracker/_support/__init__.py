"""Infrastructure that knows nothing of terms: locks, syncing, atomic folders, a cache."""
