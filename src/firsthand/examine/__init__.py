"""One item at a time: pure functions of decoded media that answer with outcomes. No examiner knows another."""
