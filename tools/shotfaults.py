"""What may be wrong with a rendered page: overflow, clipped words, foreign words, barriers."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
SEVERE = {"serious", "critical"}
COLOURS = ("color-contrast", "link-in-text-block")  # rules whose answer is another by theme

LOOK = """() => {
  const faults = [];
  const wide = document.scrollingElement.scrollWidth - window.innerWidth;
  if (wide > 1) faults.push(`the page is ${wide} px too wide`);
  const shown = el => el.getClientRects().length && getComputedStyle(el).visibility !== 'hidden';
  const clipped = 'button, .btn, [role=tab], .q-chip, .q-badge, .m-btn, th';
  for (const el of document.querySelectorAll(clipped)) {
    if (!shown(el) || el.closest('.sr') || el.querySelector('.cut, .cut2, .sr')) continue;
    if (el.classList.contains('cut')) continue;
    const style = getComputedStyle(el);
    const hides = style.overflowX !== 'visible' || style.textOverflow === 'ellipsis';
    const over = el.scrollWidth - el.clientWidth;
    if (over > 1 && el.clientWidth > 0 && (hides || el.matches('button, .btn')))
      faults.push(`clipped by ${over} px: ${el.textContent.trim().slice(0, 40)}`);
  }
  for (const el of document.querySelectorAll('.q-pagehead h1')) {
    if (shown(el) && el.scrollWidth > el.clientWidth + 1 && el.clientWidth < 200)
      faults.push(`squeezed to ${el.clientWidth} px: ${el.textContent.trim().slice(0, 40)}`);
  }
  // What can be pressed or filled in must be reachable: inside what clips it, or scrolled to.
  const clips = style => ['hidden', 'clip'].includes(style.overflowX);
  const cutOff = el => {
    const right = el.getBoundingClientRect().right;
    for (let box = el.parentElement; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (['auto', 'scroll'].includes(style.overflowX)) return 0;
      if (clips(style) && right > box.getBoundingClientRect().right + 2)
        return right - box.getBoundingClientRect().right;
      if (style.position === 'fixed') break;
    }
    return right - window.innerWidth;
  };
  for (const el of document.querySelectorAll('button, .btn, input, select, textarea')) {
    if (!shown(el) || el.closest('.sr, [hidden]') || el.offsetWidth < 2) continue;
    const over = Math.round(cutOff(el));
    const name = (el.textContent || el.name).trim().slice(0, 40);
    if (over > 2) faults.push(`cut off by ${over} px: ${name}`);
  }
  // What is typed into a field must be seen.
  const other = '[type=checkbox], [type=radio], [type=hidden], [type=file], [type=color]';
  for (const el of document.querySelectorAll(`input:not(${other}), select, textarea`)) {
    if (shown(el) && !el.closest('.sr') && el.offsetWidth > 2 && el.offsetWidth < 40)
      faults.push(`too narrow to be read, ${el.offsetWidth} px: ${el.name}`);
  }
  // Tables, tabs and code scroll sideways; what holds them does not.
  for (const el of document.querySelectorAll('.q-page, .q-middle, dialog, .q-panel')) {
    const over = el.scrollWidth - el.clientWidth;
    if (shown(el) && over > 2 && ['auto', 'scroll'].includes(getComputedStyle(el).overflowX))
      faults.push(`scrolls sideways by ${over} px: ${el.className} ${el.ariaLabel ?? ''}`);
  }
  // A word that stands one letter below the other.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const el = walker.currentNode.parentElement;
    if (text.length < 3 || el.closest('.sr, script, style, svg')) continue;
    if (!el.checkVisibility()) continue;
    range.selectNodeContents(walker.currentNode);
    const lines = new Set([...range.getClientRects()].map(each => Math.round(each.top)));
    const letter = parseFloat(getComputedStyle(el).fontSize);
    const wide = range.getBoundingClientRect().width;
    if (lines.size >= 3 && wide > 2 && wide < 2.2 * letter)
      faults.push(`one letter below the other: ${text.slice(0, 40)}`);
  }
  return faults;
}"""
TEXTS = """() => {
  const found = [];
  const skip = 'script, style, code, textarea, [lang]:not(html), [translate=no], [data-own-words]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const el = walker.currentNode.parentElement;
    if (!text || !el || el.closest(skip)) continue;
    // A chart breaks its labels into pieces; its table, shown or not, has them whole.
    if (el.closest('.plot')) continue;
    if (!el.getClientRects().length && !el.closest('.sr, .tableview')) continue;
    found.push(text);
  }
  for (const el of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    if (!el.closest(skip) && el.getClientRects().length)
      for (const name of ['aria-label', 'title', 'placeholder'])
        if (el.getAttribute(name)) found.push(el.getAttribute(name).trim());
  return [...new Set(found)];
}"""
# Titles of staff and of cases that the demo typed, though our own words include some of them;
# names of languages stand in their own language everywhere.
TITLES = {
    "简体中文",
    "繁體中文",
    "坐席",
    "值班长",
    "维修工",
    "调度员",
    "投诉专员",
    "营业员",
    "系统管理员",
    "报装",
    "客户经理",
    "客户回访",
}
# What the demo's people say and write: subjects of contacts and cases are names of their types.
DATA = {"demo.toml", "case_types.toml"}
# Addresses, places in texts, keys, the name of a standard: no words of a language.
SIGNS = re.compile(
    r"https?://\S*|\{[^}]*\}|[“「][a-z0-9_]+[”」]|::\w+|\b[a-z0-9_]+(?:\.[a-z0-9_]+)+\b"
    r"|Standard Webhooks"
)
WORD = re.compile(r"(?<![\w@./#-])[A-Za-z][a-z]{2,}(?![\w@/-])")
ALLOWED = {
    "Qiao", "Ctrl", "Alt", "Shift", "Enter", "Esc", "Tab", "Space", "Excel", "English", "kPa",
    "Parquet", "Word", "PowerPoint",
    "Markdown", "thanks", "zzh", "Cookie", "Wilson", "Holm", "Cohen", "NTU", "Language", "wang",
    "zzzzqqqq", "Del", "Home", "End", "PgUp", "PgDn", "min",
}  # fmt: skip


def look(page: Any) -> list[str]:
    """Overflow and clipped words."""
    return list(page.evaluate(LOOK))


def barriers(page: Any, rules: Sequence[str] = ()) -> list[str]:
    """Serious and critical findings of axe, of some rules or of all that it has on."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE.read_text())
    options: dict[str, Any] = {"resultTypes": ["violations"], "elementRef": False}
    if rules:
        options["runOnly"] = list(rules)
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"axe {each['id']}: {each['nodes'][0]['html'][:120]} ({len(each['nodes'])})"
        for each in found["violations"]
        if each["impact"] in SEVERE
    ]


class Words:
    """Knows our own words in each language, so that a word in the wrong one is seen."""

    def __init__(self) -> None:
        self.hans, self.hant = set(_catalogue("zh_Hans")), set(_catalogue("zh_Hant"))
        for english, hans, hant in _pack_texts():
            if english != hans:
                self.hans.add(hans)
            self.hant.add(hant)
        self.hans = {text for text in self.hans - TITLES if len(text) > 1}
        self.hant = {text for text in self.hant - TITLES if len(text) > 1}

    def foreign(self, page: Any, language: str) -> list[str]:
        """Texts of ours that stand in another language than the page's."""
        texts: list[str] = page.evaluate(TEXTS)
        if language == "en":
            ours = self.hans | self.hant
            return [f"Chinese on an English page: {t}" for t in texts if t in ours and _han(t)]
        if language == "zh-hant":
            wrong = [t for t in texts if t in self.hans - self.hant and _han(t)]
            return [f"simplified: {t}" for t in wrong] + _english(texts)
        return _english(texts)


def _english(texts: list[str]) -> list[str]:
    found = []
    for text in texts:
        words = [word for word in WORD.findall(SIGNS.sub(" ", text)) if word not in ALLOWED]
        if words:
            found.append(f"English: {text[:60]}")
    return found


def _han(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _catalogue(locale: str) -> Iterator[str]:
    for path in (PROJECT / "src" / "qiao").glob(f"*/locale/{locale}/LC_MESSAGES/django.po"):
        for line in re.findall(r'^msgstr(?:\[0\])? "(.+)"$', path.read_text(), re.MULTILINE):
            yield line.replace('\\"', '"').strip()


def _pack_texts() -> Iterator[tuple[str, str, str]]:
    for path in (PROJECT / "src" / "qiao" / "packs").glob("*/*.toml"):
        if path.name not in DATA:
            yield from _texts_in(tomllib.loads(path.read_text()))


def _texts_in(value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, dict):
        if "en" in value and "zh-Hans" in value:
            yield value["en"], value["zh-Hans"], value.get("zh-Hant") or value["zh-Hans"]
        for item in value.values():
            yield from _texts_in(item)
