"""What is published, and whether it may be: `bin/release` builds it, looks into it and tries it as people would.

Nothing here is part of the package that people install.
"""
