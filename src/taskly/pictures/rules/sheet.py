"""The sheet that every picture is drawn on: its size, its words, its grid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taskly.pictures.rules.lettering import FONT, lines_of, shortened, width
from taskly.pictures.rules.palettes import PALETTES, Palette, Theme
from taskly.pictures.rules.scales import Scale, kept_apart
from taskly.pictures.rules.svg import Markup, Value, element, together

WIDTH, HEIGHT = 720, 360
MARGIN = 24
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 19, 15, 14
LINE_HEIGHT = 20
MOST_LINES = 2
TITLE_BASE = 40
READING_BASE = 64
PLOT_BOTTOM = HEIGHT - MARGIN - 26
BESIDE = 10
"""Between the plot and what is written beside it."""
MOST_ASIDE = 150
"""What is written at the right takes so much at most."""
BROKEN = "6 4"
CLEAR = 4
"""Around a figure, where a line makes room for it."""
OVER = 6
"""Between a bar and the figure over it."""
DIGIT_HEIGHT = 10
"""Of small digits."""
MIDDLE = 5
"""From the middle of small letters down to the line that they stand on."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a picture says in words."""

    title: str
    reading: str
    """The figures in a sentence."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the figures are."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Aside:
    """What is written at the right of the plot, beside something that ends at `y`."""

    text: str
    y: float
    color: str


@dataclass(frozen=True, slots=True)
class Label:
    """A small figure that stands on `y`, in the middle over something that is drawn."""

    text: str
    x: float
    y: float
    color: str

    def is_crossed_at(self, y: float) -> bool:
        """Whether a line at this height would run through it, or touch it."""
        return self.y - DIGIT_HEIGHT - CLEAR < y < self.y + CLEAR

    @property
    def room(self) -> tuple[float, float]:
        """From where to where no line should run at its height."""
        half = width(self.text, SMALL_SIZE) / 2 + CLEAR
        return self.x - half, self.x + half


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a theme, with its words."""

    theme: Theme
    wording: Wording

    @property
    def palette(self) -> Palette:
        """The colours."""
        return PALETTES[self.theme]

    def plot(self, figures: Sequence[float], asides: Iterable[str] = ()) -> Plot:
        """The room between the figures at the left and what is written at the right."""
        left = max(width(figure(each), SMALL_SIZE) for each in figures)
        right = max((width(each, TEXT_SIZE) for each in asides), default=0)
        return Plot(
            left=MARGIN + left + BESIDE,
            top=READING_BASE + LINE_HEIGHT * (len(self._lines()) - 1) + 46,
            right=WIDTH - MARGIN - (min(right, MOST_ASIDE) + BESIDE if right else 0),
            bottom=PLOT_BOTTOM,
        )

    def write(self, x: float, y: float, text: str, **attributes: Value) -> Markup:
        """A text, small and muted unless something else is said."""
        usual: dict[str, Value] = {"fill": self.palette.muted, "font_size": SMALL_SIZE}
        return element("text", text, x=x, y=y, **(usual | attributes))

    def write_over(self, x: float, y: float, text: str, **attributes: Value) -> Markup:
        """A text with a halo, which keeps it readable where it lies on lines."""
        halo: dict[str, Value] = {
            "stroke": self.palette.ground,
            "stroke_width": 4,
            "stroke_linejoin": "round",
            "paint_order": "stroke",
        }
        return self.write(x, y, text, **(attributes | halo))

    def grid(self, plot: Plot, figures: Sequence[float], scale: Scale, unit: str) -> Markup:
        """Lines across the plot, each with its figure, and what these count."""
        palette = self.palette
        lines = (
            element(
                "line",
                x1=plot.left,
                x2=plot.right,
                y1=scale(each),
                y2=scale(each),
                stroke=palette.border if each == figures[0] else palette.grid,
            )
            for each in figures
        )
        written = (
            self.write(plot.left - BESIDE, scale(each) + MIDDLE, figure(each), text_anchor="end")
            for each in figures
        )
        return together(*lines, *written, self.write(MARGIN, plot.top - 17, unit))

    def labels(self, found: Iterable[Label]) -> Markup:
        """Figures over what is drawn."""
        return together(
            *(
                self.write_over(each.x, each.y, each.text, fill=each.color, text_anchor="middle")
                for each in found
            )
        )

    def level(self, plot: Plot, y: float, color: str, around: Iterable[Label] = ()) -> Markup:
        """A broken line across the plot, for a figure to compare with. Labels at its height have room in it."""
        rooms = sorted(each.room for each in around if each.is_crossed_at(y))
        begins = [plot.left, *(right for _, right in rooms)]
        ends = [*(left for left, _ in rooms), plot.right]
        return together(
            *(
                element(
                    "line",
                    x1=begin,
                    x2=end,
                    y1=y,
                    y2=y,
                    stroke=color,
                    stroke_width=1.5,
                    stroke_dasharray=BROKEN,
                )
                for begin, end in zip(begins, ends, strict=True)
                if begin < end
            )
        )

    def asides(self, plot: Plot, found: Sequence[Aside]) -> Markup:
        """What is written at the right, kept apart."""
        wanted = [each.y for each in found]
        places = kept_apart(wanted, LINE_HEIGHT, plot.top - MIDDLE, plot.bottom)
        return together(
            *(
                self.write(
                    plot.right + BESIDE,
                    place + MIDDLE,
                    shortened(each.text, TEXT_SIZE, MOST_ASIDE),
                    fill=each.color,
                    font_size=TEXT_SIZE,
                )
                for each, place in zip(found, places, strict=True)
            )
        )

    def key(self, *entries: tuple[str, str]) -> Markup:
        """What colours mean, at the right of the title: each text with its colour."""
        drawn, x = [], float(WIDTH - MARGIN)
        for text, color in reversed(entries):
            x -= width(text, TEXT_SIZE)
            drawn.append(self.write(x, TITLE_BASE, text, font_size=TEXT_SIZE))
            x -= 18
            square = {"x": x, "y": TITLE_BASE - 11, "width": 12, "height": 12, "rx": 2}
            drawn.append(element("rect", fill=color, **square))
            x -= 18
        return together(*drawn)

    def finished(self, *drawn: Markup) -> str:
        """The picture."""
        lines = (
            self.write(MARGIN, READING_BASE + LINE_HEIGHT * place, line, font_size=TEXT_SIZE)
            for place, line in enumerate(self._lines())
        )
        return self._document(*lines, *drawn)

    def saying(self) -> str:
        """The picture where there is nothing to draw: it says so with its reading."""
        said = shortened(self.wording.reading, TEXT_SIZE, WIDTH - 4 * MARGIN)
        middle = (READING_BASE + PLOT_BOTTOM) / 2
        return self._document(
            self.write(WIDTH / 2, middle, said, text_anchor="middle", font_size=TEXT_SIZE)
        )

    def _document(self, *drawn: Markup) -> str:
        palette, most = self.palette, WIDTH - 2 * MARGIN
        ground = {"x": 0.5, "y": 0.5, "width": WIDTH - 1, "height": HEIGHT - 1, "rx": 8}
        title = self.write(
            MARGIN,
            TITLE_BASE,
            shortened(self.wording.title, TITLE_SIZE, most),
            fill=palette.text,
            font_size=TITLE_SIZE,
            font_weight="600",
        )
        frame = element("rect", fill=palette.ground, stroke=palette.border, **ground)
        return document(self.wording, WIDTH, HEIGHT, frame, title, *drawn)

    def _lines(self) -> Sequence[str]:
        return lines_of(self.wording.reading, TEXT_SIZE, WIDTH - 2 * MARGIN, MOST_LINES)


def document(wording: Wording, width: float, height: float, *drawn: Markup) -> str:
    """A whole picture; its title and reading are there for those who are read to."""
    return element(
        "svg",
        element("title", wording.title),
        element("desc", wording.reading),
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        lang="en",
        font_family=FONT,
        font_variant="tabular-nums",
    )


def figure(value: float) -> str:
    """A figure at a line of the grid."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
