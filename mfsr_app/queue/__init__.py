"""The page for many photographs."""
