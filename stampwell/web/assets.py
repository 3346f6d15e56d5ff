"""Static files: hashed names, compressed, kept for ever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Gives every file a name with its hash and rewrites `import` lines of modules to those names.

    Before `collectstatic` has run there is no manifest: files then keep their plain names, so a page
    can be rendered in a test without collecting first.
    """

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))
