"""The parts that pages are made of, as functions that return safe HTML.

`qiao.core.templatetags.ui` offers them to templates as tags. They read no database, render no
template and escape every value they are given, so hundreds on one page cost next to nothing.
"""
