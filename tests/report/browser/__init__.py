"""The HTML report as people meet it: in Chromium, with and without scripts, by keyboard, in light and dark, narrow and wide."""
