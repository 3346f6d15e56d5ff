"""What the browser's fake camera sees: a short film of a code, written without ffmpeg."""

from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

SIZE = (640, 360)  # a larger one finds nothing more, and a page looks at each frame
FRAMES = 12
FRAME_BYTES = 200_000  # each, so that another picture may take its place while the browser reads the film
MOST_OF_COMMENT = 65_533
DESK = (96, 92, 88)


class Camera:
    """Chromium opens the film anew at every camera start, so the picture changes with the next start; `hold_up` and
    `take_away` change it at once.
    """

    def __init__(self, film: Path) -> None:
        self.film = film
        self.show_nothing()

    def show(
        self,
        text: str,
        *,
        code_format: str = "QRCode",
        turned: float = 0,
        blur: float = 0,
        light: float = 1,
        inverted: bool = False,
    ) -> None:
        """Holds a code before the camera that is started next, straight or as badly as wanted."""
        picture = draw_code(text, code_format=code_format)
        if inverted:
            picture = Image.eval(picture, lambda value: 255 - value)
        picture = on_the_desk(picture.rotate(turned, expand=True, fillcolor=255 if not inverted else 0))
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
        self.show_picture(ImageEnhance.Brightness(picture).enhance(light))

    def show_nothing(self) -> None:
        self.show_picture(Image.new("RGB", SIZE, DESK))

    def hold_up(self, text: str, *, code_format: str = "QRCode") -> None:
        """Holds a code before the camera that runs, and takes the one before away."""
        self._film_on(on_the_desk(draw_code(text, code_format=code_format)))

    def take_away(self) -> None:
        """Nothing is before the camera that runs."""
        self._film_on(Image.new("RGB", SIZE, DESK))

    def show_picture(self, picture: Image.Image) -> None:
        # Replaced in one step: the browser may be opening it.
        fresh = self.film.with_suffix(".new")
        fresh.write_bytes(frame_of(picture) * FRAMES)
        fresh.replace(self.film)

    def _film_on(self, picture: Image.Image) -> None:
        # The browser has this very file in its memory. A picture that is torn for a moment shows no code.
        frame = frame_of(picture)
        with self.film.open("r+b", buffering=0) as film:
            for _frame in range(FRAMES):
                film.write(frame)


def frame_of(picture: Image.Image) -> bytes:
    """A JPEG that is made as long as all others by comments, which a reader skips."""
    drawn = BytesIO()
    picture.convert("RGB").save(drawn, "JPEG", quality=92)
    begin, rest = drawn.getvalue()[:2], drawn.getvalue()[2:]
    comments, left = b"", FRAME_BYTES - len(begin) - len(rest)
    while left:
        length = left if left <= MOST_OF_COMMENT + 2 else min(MOST_OF_COMMENT + 2, left - 4)
        comments += b"\xff\xfe" + (length - 2).to_bytes(2) + bytes(length - 4)
        left -= length
    return begin + comments + rest


def draw_code(text: str, *, code_format: str = "QRCode", scale: int = 8) -> Image.Image:
    options = {"ec_level": "Q"} if code_format == "QRCode" else {}
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, code_format), **options)
    picture = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=scale, add_quiet_zones=True))
    return picture.convert("L")


def on_the_desk(picture: Image.Image) -> Image.Image:
    """The code in the middle of a landscape picture, as large as half its height allows."""
    desk = Image.new("RGB", SIZE, DESK)
    share = min(SIZE[0] * 0.8 / picture.width, SIZE[1] * 0.6 / picture.height)
    small = picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS)
    desk.paste(small.convert("RGB"), ((SIZE[0] - small.width) // 2, (SIZE[1] - small.height) // 2))
    return desk


def read_code(png: bytes) -> str:
    """The one code in a screenshot, read by another reader than the browser's; empty when there is none."""
    found = zxingcpp.read_barcode(Image.open(BytesIO(png)))
    return found.text if found else ""
