"""firsthand: from a folder of eyewitness clips to a published record that says what every sentence rests on."""

__version__ = "0.1.0"
