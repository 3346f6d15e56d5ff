"""A lying bar, drawn on the server: how much of the whole it is. The figure stands beside it as text."""

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 100, 8


def draw_share(part: int, whole: int) -> SafeString:
    """Colours come by the classes `share-all` and `share-part`."""
    width = WIDTH * min(max(part, 0) / whole, 1) if whole > 0 else 0
    return mark_safe(  # noqa: S308 - there are but numbers in it
        f'<svg class="share" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false"><rect class="share-all" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<rect class="share-part" width="{width:.1f}" height="{HEIGHT}"/></svg>'
    )
