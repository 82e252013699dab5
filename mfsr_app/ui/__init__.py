"""Widgets, theme and icons that every page uses; knows no feature."""
