"""Training on a caller's data: jobs in processes of their own, their progress as events, their results as versions."""
