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

  const around = (element) => element ? [element, ...around(element.parentElement)] : [];
  const isFolded = (it) => it.clientWidth < 2 && getComputedStyle(it).overflowX === "hidden";
  const isSeen = (element) => element.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && !element.closest(".skip, .only-read-aloud, template, script, style, option, svg, dialog:not([open])")
    && !around(element).some(isFolded);
  const isLaidOver = (element) =>
    around(element).some((it) => ["fixed", "sticky", "absolute"].includes(getComputedStyle(it).position));
  const isClipped = ({box, element}) => around(element).some((it) => {
    const {overflowX, textOverflow} = getComputedStyle(it), frame = it.getBoundingClientRect();
    return overflowX === "hidden" && textOverflow !== "ellipsis"
      && (box.right > frame.right + 1 || box.left < frame.left - 1);
  });

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
    for (const box of range.getClientRects()) if (box.width > 1) lines.push({box, element, text});
    if (!element.closest("code, textarea")) lookForBrokenWords(node);
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
  const flowing = lines.filter((line) => !isLaidOver(line.element));
  for (const [at, one] of flowing.entries())
    for (const other of flowing.slice(at + 1)) {
      if (one.element === other.element) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 4 && down > Math.min(one.box.height, other.box.height) * 0.45)
        faults.push(`overlaps: ${one.text} / ${other.text}`);
    }

  if (document.documentElement.scrollWidth > clientWidth + 1) {
    const wide = [...document.querySelectorAll("body *")].filter((it) =>
      it.getBoundingClientRect().right > clientWidth + 1 && !around(it).some(isFolded));
    faults.push(`scrolls sideways: ${wide.slice(-3).map((it) => `${it.localName}.${it.className}`)}`);
  }
  document.documentElement.style.removeProperty("font-size");
  return [...new Set(faults)];
}"""


def faults_of_large_text(page: Page) -> list[str]:
    """What goes wrong on this page when its text is larger, each with the size."""
    return [f"{percent} %: {fault}" for percent in SIZES for fault in page.evaluate(LOOK, percent)]
