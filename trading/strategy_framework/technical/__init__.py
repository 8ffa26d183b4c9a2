"""What strategies import as `technical`: written anew from the behaviour of version 1.7.

Formulas are those of the papers and scripts that each function names; results equal the original's,
NaN and first values included.
"""
