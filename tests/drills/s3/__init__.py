"""An S3 that others have written (moto), with accounts and signatures, and a wire to it that can be cut.

`bin/test --drills` installs it into `var/tools/s3`, with its own versions, so that it is none of our dependencies.
"""
