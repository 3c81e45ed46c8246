"""The job queue: set up once when Procrastinate's application is ready."""

from procrastinate import App


def configure(app: App) -> None:
    """Called by Procrastinate when ready. Tasks register on import; nothing else is needed."""
    app.perform_import_paths()  # type: ignore[no-untyped-call] # the library leaves it untyped
