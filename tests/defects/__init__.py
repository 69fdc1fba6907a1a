"""What the usual cleaners get wrong: one world each, in which tfclean does it right."""
