"""The words of the desk as frozen types. Standard library only; everything else may import this."""
