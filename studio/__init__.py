"""The studio: pages, API, accounts, files, jobs and events."""

__version__ = "0.1.0"
