"""Policy, plan, guards, engine, journal: what is to go, in which order, and how it is carried out so that it can be killed and resumed."""
