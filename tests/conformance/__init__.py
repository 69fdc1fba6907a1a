"""One suite of HTTP calls for two clouds: the simulator and the lab, a real OpenStack. What they answer is compared.

`stories` are the calls, `telling` makes them, `normal` makes answers of different clouds comparable, `comparing` says what differs and
`known` why it may. The lab's answers are kept in ``recorded``, so that the simulator is held to them without a lab.

    python -m tests.conformance              # the simulator against the recorded answers
    python -m tests.conformance lab          # the lab against them
    python -m tests.conformance record       # the lab's answers become the recorded ones
"""
