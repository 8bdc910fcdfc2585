"""Latents coded in four passes of context behind a hyperprior: the one mechanism of every network of ours.

A family that uses it writes its network's analysis and synthesis, and has the rest from here.
"""
