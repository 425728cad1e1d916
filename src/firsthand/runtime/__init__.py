"""Adapters that run things: decoding children, pools of workers."""
