"""Documents in, text for people out: 80 columns, counts before lists, colour that nobody needs in order to understand."""
