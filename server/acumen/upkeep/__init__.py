"""What one worker does for all: snapshots, restores, purges, expiry."""
