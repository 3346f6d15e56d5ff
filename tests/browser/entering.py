"""Enter in each field of a page: what it would send."""

from playwright.sync_api import Page

# What would be sent is written down and held back, so that all fields of a page can be tried.
LISTEN = """() => {
  window.sent = [];
  addEventListener("submit", (event) => {
    if (event.submitter?.formMethod === "dialog") return;  // let through, to see that the browser sends nothing
    event.preventDefault();
    event.stopImmediatePropagation();
    window.sent.push(`${event.target.action} by ${document.activeElement.name}`);
  }, true);
  for (const details of document.querySelectorAll("details:not(.menu)")) details.open = true;
}"""
FIELDS = "form[method=post] :is(input, select):not([type=hidden], [type=file], [type=color], [disabled]):visible"


def sent_by_enter(page: Page) -> list[str]:
    """What pressing Enter in each field of this page sends. The page is of no use afterwards."""
    page.evaluate(LISTEN)
    for field in page.query_selector_all(FIELDS):
        field.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")  # closes the list that a browser may have opened
    sent: list[str] = page.evaluate("window.sent")  # it would be gone with the page
    return sent
