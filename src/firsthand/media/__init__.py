"""The only door to FFmpeg and to the readers of tags: one pass over a file gives pictures, sound and container."""
