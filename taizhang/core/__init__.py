"""The loop itself: what may happen to an entry, and what it is after it happened.

Pure: told the time, the actor, the playbook and the units; asks for nothing.
"""
