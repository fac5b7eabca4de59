"""MyST as plain Markdown: what Colab and GitHub can show of a chapter.

Directives become quotes, cross-references become links to the site with the numbers of the site,
equations carry their tags. Anything that is not known here raises: nothing half-rendered is
published.
"""

import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin

from _ext.dlbook import corrections, evidence

BOXES = ("admonition", "note", "tip", "hint", "warning", "important", "seealso", "margin")
_BLOCKS = MarkdownIt("commonmark").use(colon_fence_plugin)
_TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
_ROLE = re.compile(r"\{([a-z][\w:-]*)\}`([^`]+)`")
_TITLED = re.compile(r"(?P<text>.*\S)\s*<(?P<target>[^<>]+)>", re.DOTALL)
_EQUATION = re.compile(r"\$\$(.+?)\$\$ *\(([\w-]+)\)", re.DOTALL)
_OPTION = re.compile(r":([\w-]+):[ ]*(.*)\n?")
_LEFT = re.compile(r"\{[a-z][\w:-]*\}`|^[\s>]*(?:`{3,}|:{3,})\{.*|^\([\w-]+\)=$", re.MULTILINE)


class NotPlain(ValueError):
    """A piece of MyST that this module does not know, or a label that the book does not have."""


@dataclass(frozen=True)
class Chapter:
    """One page of the book, and what it needs to become plain.

    Args:
        root: The project's folder.
        page: The page's name from there, without ending: ``book/invariance/scattering``.
        labels: What the build wrote to ``_build/labels.json``.
        site: Address of the site with a slash at the end; empty for a checkout without a home.
    """

    root: Path
    page: str
    labels: dict[str, dict[str, str]]
    site: str

    def markdown(self, text: str) -> str:
        """A Markdown cell without any MyST.

        Raises:
            NotPlain: If a directive, role or label is unknown, or any MyST is left.
        """
        return self._blocks(text)

    def caption(self, name: str, text: str) -> str:
        """The caption of a figure that a code cell drew."""
        return f"*{self._label(name)['text']}. {self._prose(text)}*"

    def _blocks(self, text: str) -> str:
        lines, out, at = text.split("\n"), [], 0
        for token in _BLOCKS.parse(text):
            if token.type not in ("fence", "colon_fence") or token.level or not token.map:
                continue
            first, last = token.map
            out.append(self._prose("\n".join(lines[at:first])))
            info = token.info.strip()
            directive = info.startswith("{")
            verbatim = "\n".join(lines[first:last])
            out.append(self._directive(info, token.content) if directive else verbatim)
            at = last
        out.append(self._prose("\n".join(lines[at:])))
        return "\n".join(out).strip("\n")

    def _prose(self, text: str) -> str:
        text = _ROLE.sub(self._role, _TARGET.sub("", text))
        text = _EQUATION.sub(lambda m: f"$${m[1].rstrip()} \\tag{{{self._tag(m[2])}}}$$", text)
        if left := _LEFT.search(text):
            raise NotPlain(f"{self.page}: {left[0].strip()!r} is left")
        return text

    def _label(self, name: str) -> dict[str, str]:
        if name not in self.labels:
            raise NotPlain(f"{self.page}: the book has no label {name!r}")
        return self.labels[name]

    def _tag(self, name: str) -> str:
        return self._label(name)["text"].strip("()")

    def _link(self, name: str, text: str = "") -> str:
        found = self._label(name)
        text = text or found["text"]
        return f"[{text}]({self.site}{found['url']})" if self.site and found["url"] else text

    def _role(self, found: re.Match[str]) -> str:
        role, body = found[1], found[2]
        titled = _TITLED.fullmatch(body)
        text, target = (titled["text"], titled["target"]) if titled else ("", body)
        if role.startswith("cite"):
            return self._cite(role, target)
        if role == "doc":
            folder = "/" if target.startswith("/") else f"/{posixpath.dirname(self.page)}"
            page = posixpath.normpath(f"{folder}/{target.strip('/')}").strip("/")
            return self._link(f"doc:{page}", text)
        if role == "numref":
            number = self._label(target).get("number", "")
            return self._link(target, text.replace("{number}", number).replace("%s", number))
        if role in ("eq", "ref", "prf:ref"):
            return self._link(target, text)
        if role == "term":
            return text or target
        raise NotPlain(f"{self.page}: role {role!r} is not known to publish")

    def _cite(self, role: str, keys: str) -> str:
        works = [
            (f"cite:{key.strip()}", self._label(f"cite:{key.strip()}")) for key in keys.split(",")
        ]
        if role == "cite:t":
            return ", ".join(self._link(k, f"{w['text']} ({w['year']})") for k, w in works)
        inner = "; ".join(self._link(k, f"{w['text']}, {w['year']}") for k, w in works)
        return f"({inner})"

    def _directive(self, info: str, content: str) -> str:
        name, _, argument = info.partition(" ")
        name, argument = name.strip("{}"), self._prose(argument.strip())
        options, body = _options(content)
        label = options.get("label") or options.get("name") or ""
        for names, render in self._renderers().items():
            if name in names or any(n.endswith(":") and name.startswith(n) for n in names):
                return render(name, argument, label, body)
        raise NotPlain(f"{self.page}: directive {name!r} is not known to publish")

    def _renderers(self) -> dict[tuple[str, ...], Callable[[str, str, str, str], str]]:
        return {
            ("math",): self._math,
            ("prf:proof",): self._proof,
            ("prf:", "exercise", "exercise-start"): self._theorem,
            ("exercise-end", "solution-end"): lambda *_: "",
            ("solution", "solution-start"): self._solution,
            ("dropdown",): self._dropdown,
            ("correction",): self._correction,
            BOXES: lambda name, title, _, body: self._box(title or name.capitalize(), body),
        }

    def _math(self, name: str, argument: str, label: str, body: str) -> str:
        tag = f"\n\\tag{{{self._tag(label)}}}" if label else ""
        return f"$$\n{body}{tag}\n$$"

    def _proof(self, name: str, argument: str, label: str, body: str) -> str:
        return f"*Proof.* {self._blocks(body)} ∎"

    def _theorem(self, name: str, argument: str, label: str, body: str) -> str:
        kind = name.removeprefix("prf:").removesuffix("-start").capitalize()
        head = self._label(label)["text"] if label else kind
        head += f" ({argument})" if argument else ""
        text = f"**{head}.** {self._blocks(body)}"
        if kind.lower() in evidence.MEASURED and evidence.target(label) in self.labels:
            text += f"\n\nIn the ledger: {self._link(evidence.target(label), label)}"
        return _quote(text)

    def _solution(self, name: str, argument: str, label: str, body: str) -> str:
        return f"**Solution of {self._link(argument)}.** {self._blocks(body)}"

    def _dropdown(self, name: str, argument: str, label: str, body: str) -> str:
        inner = self._blocks(body)
        return f"<details><summary>{argument}</summary>\n\n{inner}\n\n</details>"

    def _correction(self, name: str, argument: str, label: str, body: str) -> str:
        entries = corrections.read(self.root)
        if argument not in entries:
            raise NotPlain(f"{self.page}: no correction is called {argument!r}")
        body = corrections.markdown(entries[argument]).rstrip()
        if (name := f"corrected-{argument}") in self.labels and self.site:
            body += f" {{ref}}`Among all corrections <{name}>`."
        return self._box(corrections.TITLE, body)

    def _box(self, title: str, body: str) -> str:
        return _quote(f"**{title}**\n\n{self._blocks(body)}")


def read_labels(root: Path, file: str = "_build/labels.json") -> dict[str, dict[str, str]]:
    """What the last build wrote.

    Raises:
        NotPlain: If there is none.
    """
    path = root / file
    if not path.is_file():
        raise NotPlain(f"{file} is not there; run `make book` first")
    return json.loads(path.read_text(encoding="utf-8"))


def _options(content: str) -> tuple[dict[str, str], str]:
    """The options at the head of a directive, and its body."""
    options: dict[str, str] = {}
    while found := _OPTION.match(content):
        options[found[1]] = found[2].strip()
        content = content[found.end() :]
    return options, content.strip("\n")


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.splitlines())
