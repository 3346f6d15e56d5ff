"""The journal of a shop: its events in words, with whoever did them, and finding those that somebody asks for.

Pages of the desk show it and exports write it down; neither is known here. It reads events and changes nothing.
"""
