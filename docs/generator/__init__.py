"""Fills the made parts of `docs/` from declarations, schema and command line: `python -m docs.generator`.

page       Markdown written by hand, with empty places <!-- made: NAME --> ... <!-- end -->
facts      what a place shows, as plain values: connectors, options, commands, keys of declarations
templates  how it shows them: `docs/templates/NAME.md.j2`, layout only
"""
