"""The command line: parse, call app, show. One file a command."""
