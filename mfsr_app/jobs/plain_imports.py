"""Lets Python import modules by itself again, without what PySide6 does after each import."""

import builtins


def restore_plain_imports() -> None:
    """Take PySide6 out of the way of imports, in all threads; to be called once it is loaded. May be called again.

    WORKAROUND PySide6 puts a function of its own in place of `__import__`, which reads the source of every module that is
    imported, to find out whether it uses PySide6 (for its `__feature__` switches, which are not used here).
    For that it asks the module for `__wrapped__`, and pydantic's modules answer any unknown name by importing more of
    pydantic, in the midst of their own import. On a busy machine the engine's first job now and then failed with "cannot
    import name 'import_string' from partially initialized module 'pydantic._internal._validators'", and with it the first
    picture of a queue. It costs time too: torch was there after 1.13 instead of 1.35 s.
    """
    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain
