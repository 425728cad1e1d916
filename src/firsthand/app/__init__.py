"""The use cases. pipeline.py is the flow; wiring.py joins stages and adapters."""
