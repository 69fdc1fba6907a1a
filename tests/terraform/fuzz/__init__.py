"""Files of real runs, broken at random, through every reader: there is an answer or one sentence, soon, in bounded memory.

``python -m tests.terraform.fuzz --minutes 10`` goes on with new cases so long; ``--seed N`` tries one case again.
"""
