"""What is asked and answered, in what order: the table of contents is `contents.py`.

It stands beside, for whoever needs one module of the room need not load all conversations.
"""
