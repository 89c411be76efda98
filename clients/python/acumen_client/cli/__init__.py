"""The `acumen` command line; needs the extra `acumen-client[cli]`."""
