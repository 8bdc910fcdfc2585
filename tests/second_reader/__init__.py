"""A reader of .sfc files that was written from the pages of the format alone, by somebody who saw no other source.

It is slow and literal, and keeps the pages true: what it does stands on them, and it reads what the program writes.
Comments name the section that a part follows. `song2021.py` alone is by one who knew the program.
"""
