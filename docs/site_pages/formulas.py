"""A formula as docs/physics.md writes it, in plain text, set as MathML, which browsers show by themselves.

The plain text stays the only place of each equation, for people who read the file at a terminal.
A fraction is a slash without spaces around it.
"""

import re
from dataclasses import dataclass, field
from html import escape

FUNCTIONS = {"exp", "ln", "sinh", "tanh", "arsinh", "max", "min"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₚ", "0123456789+−p")
CLOSING = {"(": ")", "[": "]", "|": "|"}
OPERATORS = set("+−-=·→≤≥<>±,;:≈")
_TOKEN = re.compile(
    r"(?P<unit>(?<=\d) (?:V|mAh/g)(?![\w₀-₉]))|(?P<space> +)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<up>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)|(?P<down>[₀-₉₊₋ₚ]+)"
    r"|(?P<sub>_[A-Za-zα-ω0-9]+)|(?P<prime>['′″])|(?P<words>[a-z]{2,}(?:['-][a-z]+)+|a(?= [a-z]{4}))"
    r"|(?P<letters>[A-Za-z]+|[Α-Ωα-ω])|(?P<other>.)"
)


@dataclass
class Atom:
    """A piece of MathML with what decides how its neighbours are set."""

    text: str
    kind: str = "symbol"
    word: str = ""
    inside: "list[Atom]" = field(default_factory=list)


def formula(text: str) -> str:
    """The formula of a line: ``math`` elements, and the words between them as text, which can wrap.

    Raises
    ------
    ValueError : where a bracket does not close
    """
    tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text.strip())]
    atoms, rest = _row(tokens, None)
    if rest:
        raise ValueError(f"a bracket closes that was not opened: {text}")
    parts: list[tuple[bool, list[Atom]]] = []
    for atom in atoms:
        follows_words = bool(parts) and parts[-1][0]
        words = atom.kind == "word" or (
            follows_words and (atom.kind == "space" or atom.word in (",", ";", ":"))
        )
        if parts and (words == follows_words or atom.kind == "space"):
            parts[-1][1].append(atom)
        else:
            parts.append((words, [atom]))
    return " ".join(_set(*part) for part in parts)


def _set(words: bool, atoms: list[Atom]) -> str:
    if words:
        return "".join(" " if atom.kind == "space" else escape(atom.word) for atom in atoms).strip()
    return f'<math displaystyle="true">{_joined(atoms)}</math>'


def _joined(atoms: list[Atom]) -> str:
    return "".join(atom.text for atom in atoms if atom.kind != "space")


def _one(atoms: list[Atom]) -> str:
    """One element of several; the brackets around a whole part of a fraction are left out."""
    if len(atoms) == 1 and atoms[0].inside:
        atoms = atoms[0].inside
    return f"<mrow>{_joined(atoms)}</mrow>"


def _row(tokens: list[tuple[str, str]], closing: str | None) -> tuple[list[Atom], list[tuple[str, str]]]:
    """The atoms up to the bracket that closes the row, and what follows it."""
    atoms: list[Atom] = []
    while tokens:
        (kind, text), tokens = tokens[0], tokens[1:]
        if closing and text == closing:
            return atoms, tokens
        if text in (")", "]"):
            raise ValueError(f"{text} closes nothing")
        tight = bool(atoms) and atoms[-1].kind not in ("space", "operator")
        if text == "/" and tight and atoms[-1].kind != "word" and tokens and tokens[0][0] != "space":
            tokens = _fraction(atoms, tokens)
        else:
            tokens = _atom(atoms, kind, text, tokens)
    if closing:
        raise ValueError(f"{closing} is missing")
    return atoms, tokens


def _fraction(atoms: list[Atom], tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Replaces what stands tight before the slash by the fraction with what stands tight behind it."""
    start = len(atoms)
    while start and atoms[start - 1].kind not in ("space", "operator"):
        start -= 1
    if tokens[0][1] == "∫":  # the quotient of two integrals
        start = max((n for n, atom in enumerate(atoms) if "∫" in atom.text), default=start)
    upper = atoms[start:]
    lower: list[Atom] = []
    while tokens and tokens[0][0] != "space" and tokens[0][1] not in OPERATORS | set(")]/|"):
        if lower and tokens[0][1] in CLOSING and lower[-1].kind != "function":
            break
        (kind, text), tokens = tokens[0], tokens[1:]
        tokens = _atom(lower, kind, text, tokens)
    if not lower and tokens and tokens[0][1] == "|":
        tokens = _atom(lower, *tokens[0], tokens[1:])
    atoms[start:] = [Atom(f"<mfrac>{_one(upper)}{_one(lower)}</mfrac>")]
    return tokens


def _atom(atoms: list[Atom], kind: str, text: str, tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Adds what a token begins, and returns the tokens that follow it."""
    if kind in ("up", "down", "sub", "prime"):
        _attach(atoms, kind, text)
    elif kind == "space":
        atoms.append(Atom("", "space"))
    elif kind == "number":
        atoms.append(Atom(f"<mn>{text}</mn>"))
    elif kind == "unit":
        atoms.append(Atom(f"<mtext>&nbsp;{text.strip()}</mtext>"))
    elif text == "Σ":
        atoms.append(Atom("<mo>∑</mo>"))
    elif kind in ("letters", "words"):
        _letters(atoms, kind, text, tokens)
    elif text in CLOSING:
        inside, tokens = _row(tokens, CLOSING[text])
        if inside and all(atom.kind in ("word", "space") or atom.word in (",", ";") for atom in inside):
            words = "".join(" " if atom.kind == "space" else atom.word for atom in inside)
            atoms.append(Atom(f"<mtext>({words})</mtext>", "word", f"({words})"))
            return tokens
        marks = [f'<mo stretchy="true">{mark}</mo>' for mark in (text, CLOSING[text])]
        body = f"<mrow>{marks[0]}<mrow>{_joined(inside)}</mrow>{marks[1]}</mrow>"
        atoms.append(Atom(body, inside=inside if text == "(" else []))
    elif text in "√^":
        whole: list[Atom] = []
        (next_kind, next_text), tokens = tokens[0], tokens[1:]
        tokens = _atom(whole, next_kind, next_text, tokens)
        while tokens and tokens[0][0] in ("sub", "down"):
            tokens = _atom(whole, *tokens[0], tokens[1:])
        if text == "√":
            atoms.append(Atom(f"<msqrt>{_one(whole)}</msqrt>"))
        else:
            atoms[-1] = Atom(f"<msup>{_base(atoms[-1])}{_one(whole)}</msup>")
    elif text in OPERATORS:
        atoms.append(Atom(f"<mo>{escape(text)}</mo>", "operator", text))
    else:
        atoms.append(Atom(f"<mi>{escape(text)}</mi>"))
    return tokens


def _base(atom: Atom) -> str:
    return f"<mrow>{atom.text}</mrow>"


def _attach(atoms: list[Atom], kind: str, text: str) -> None:
    """Sets a subscript or superscript on the last atom; both together where it has one already."""
    if not atoms or atoms[-1].kind in ("space", "operator"):
        atoms.append(Atom(f"<mi>{escape(text)}</mi>"))
        return
    base = atoms[-1]
    if kind == "prime":
        element, script = "msup", f"<mo>{text.replace(chr(39), '′')}</mo>"
    elif kind == "up":
        element, script = "msup", f"<mn>{text.translate(SUPERSCRIPTS)}</mn>"
    else:
        name = text.translate(SUBSCRIPTS).removeprefix("_")
        upright = ' mathvariant="normal"' if len(name) > 1 else ""
        element, script = "msub", f"<mi{upright}>{escape(name)}</mi>"
    atoms[-1] = Atom(f"<{element}>{_base(base)}{script}</{element}>", base.kind)


def _letters(atoms: list[Atom], kind: str, text: str, tokens: list[tuple[str, str]]) -> None:
    """Adds letters: a symbol, a differential, a function or a word."""
    subscripted = bool(tokens) and tokens[0][0] in ("sub", "down")
    if len(text) == 1 and kind == "letters":
        atoms.append(Atom(f"<mi>{text}</mi>"))
    elif text in FUNCTIONS:
        atoms.append(Atom(f"<mi>{text}</mi>", "function"))
    elif len(text) == 2 and (text[0] == "d" or subscripted):
        atoms.extend(Atom(f"<mi>{letter}</mi>") for letter in text)
    else:
        before = "&nbsp;" if atoms and atoms[-1].kind == "space" else ""
        after = "&nbsp;" if tokens and tokens[0][0] == "space" else ""
        atoms.append(Atom(f"<mtext>{before}{escape(text)}{after}</mtext>", "word", text))
