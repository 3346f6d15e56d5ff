"""Text that the reader made larger: what breaks inside a word, lies over other words or is cut off then."""

from playwright.sync_api import Page

SIZES = (130, 200)  # per cent of what the browser begins with

# A word is what a reader takes for one: letters and digits without a place where a line may break. Scripts that are
# written without spaces break nearly anywhere, an address and a code are no words, and a word that is longer than
# the screen is wide has to break.
LOOK = """(percent) => {
  document.documentElement.style.fontSize = `${percent}%`;
  const WORD = /[\\p{L}\\p{M}\\p{N}'’ʻʼ]+/gu;
  const WITHOUT_SPACES = /[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー]/u;
  const ADDRESS = /[@/_]|\\w[.]\\w/;
  const {clientWidth} = document.documentElement;
  const faults = [], lines = [], range = document.createRange();

  // What is asked of an element or of what is around it is asked once; nothing changes meanwhile.
  const once = (ask) => {
    const known = new Map();
    return (it) => known.get(it) ?? (known.set(it, ask(it)), known.get(it));
  };
  const isFolded = once((it) => it !== null
    && ((it.clientWidth < 2 && getComputedStyle(it).overflowX === "hidden") || isFolded(it.parentElement)));
  const isSeen = once((element) => element.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && !element.closest(".skip, .only-read-aloud, template, script, style, option, svg, dialog:not([open])")
    && !isFolded(element));
  const isLaidOver = once((it) => it !== null
    && (["fixed", "sticky", "absolute"].includes(getComputedStyle(it).position) || isLaidOver(it.parentElement)));
  const framesAround = once((it) => {
    if (it === null) return [];
    const {overflowX, textOverflow} = getComputedStyle(it), frames = framesAround(it.parentElement);
    return overflowX === "hidden" && textOverflow !== "ellipsis" ? [...frames, it.getBoundingClientRect()] : frames;
  });
  const isClipped = ({box, element}) =>
    framesAround(element).some((frame) => box.right > frame.right + 1 || box.left < frame.left - 1);

  const lookForBrokenWords = (node) => {
    for (const {0: word, index} of node.data.matchAll(WORD)) {
      const end = index + word.length;
      const run = node.data.slice(0, index).match(/\\S*$/)[0] + node.data.slice(index).match(/^\\S*/)[0];
      if (word.length < 2 || WITHOUT_SPACES.test(word) || ADDRESS.test(run)) continue;
      range.setStart(node, index);
      range.setEnd(node, end);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5), tops = boxes.map((box) => box.top);
      const width = boxes.reduce((sum, box) => sum + box.width, 0);
      if (Math.max(...tops) - Math.min(...tops) > 4 && width < clientWidth - 40) faults.push(`breaks: ${word}`);
    }
  };

  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement, text = node.data.trim();
    if (!text || !isSeen(element)) continue;
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()], tops = boxes.map((box) => box.top);
    for (const box of boxes) if (box.width > 1) lines.push({box, element, text});
    const isOneLine = Math.max(...tops) - Math.min(...tops) <= 4;
    if (!isOneLine && !element.closest("code, textarea")) lookForBrokenWords(node);
  }

  // A browser draws the value of a select itself, and letters of a drawing are no text of the page.
  const pen = document.createElement("canvas").getContext("2d");
  for (const select of document.querySelectorAll("select")) {
    const text = select.selectedOptions[0]?.label ?? "", style = getComputedStyle(select);
    if (!text || !isSeen(select)) continue;
    pen.font = style.font;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const high = select.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const isOneLine = high < 2 * parseFloat(style.fontSize);
    if (isOneLine && pen.measureText(text).width > room + 1) faults.push(`cut off: ${text}`);
  }
  for (const text of document.querySelectorAll("svg.bars text")) {
    const box = text.getBoundingClientRect(), chart = text.ownerSVGElement.getBoundingClientRect();
    if (box.width && (box.right > chart.right + 1 || box.left < chart.left - 1))
      faults.push(`overhangs: ${text.textContent}`);
  }

  for (const line of lines) if (isClipped(line)) faults.push(`cut off: ${line.text}`);
  const flowing = lines.filter((line) => !isLaidOver(line.element)).map(({box, element, text}, at) => {
    const {left, right, top, bottom, height} = box;
    return {left, right, top, bottom, height, element, text, at};
  }).sort((one, other) => one.top - other.top);
  for (const [place, upper] of flowing.entries())
    for (let next = place + 1; next < flowing.length && flowing[next].top < upper.bottom; next += 1) {
      const lower = flowing[next];
      if (upper.element === lower.element) continue;
      const across = Math.min(upper.right, lower.right) - Math.max(upper.left, lower.left);
      const down = Math.min(upper.bottom, lower.bottom) - lower.top;
      const [one, other] = upper.at < lower.at ? [upper, lower] : [lower, upper];
      if (across > 4 && down > Math.min(one.height, other.height) * 0.45)
        faults.push(`overlaps: ${one.text} / ${other.text}`);
    }

  if (document.documentElement.scrollWidth > clientWidth + 1) {
    const wide = [...document.querySelectorAll("body *")].filter((it) =>
      it.getBoundingClientRect().right > clientWidth + 1 && !isFolded(it));
    faults.push(`scrolls sideways: ${wide.slice(-3).map((it) => `${it.localName}.${it.className}`)}`);
  }
  document.documentElement.style.removeProperty("font-size");
  return [...new Set(faults)];
}"""


LOOK_AT_ALL = f"(sizes) => sizes.flatMap((percent) => ({LOOK})(percent).map((fault) => `${{percent}} %: ${{fault}}`))"


def faults_of_large_text(page: Page) -> list[str]:
    """What goes wrong on this page when its text is larger, each with the size."""
    faults: list[str] = page.evaluate(LOOK_AT_ALL, SIZES)
    return faults
