"""Tiny conversations with which the engine is tested."""

from datetime import date

from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words, plain
from conversations.outcomes import Say
from conversations.questions import choice, read_name, read_phone, read_words, text

DONE = Say(Words("tiny.done"))


def greet(ask: Ask, known: Known, today: date) -> Outcome:
    """A name, a colour that hangs on it, and a last look."""
    name = ask(text("tiny.name", read_name))
    colour = ask(choice("tiny.colour", ("red", "blue"), about=name))
    edits = tuple(Option(f"~{asked}", plain(asked)) for asked in ("tiny.name", "tiny.colour"))
    send = Option("send", plain("send"))
    ask(Question("tiny.summary", Words("tiny.summary", {"c": colour}), (send, *edits)))
    return DONE


def children(ask: Ask, known: Known, today: date) -> Outcome:
    """As many names as there are children."""
    count = int(ask(choice("tiny.children", ("0", "1", "2"))))
    names = [ask(text(f"tiny.child.{n}.name", read_name)) for n in range(1, count + 1)]
    return Say(Words("tiny.done", {"names": ", ".join(names)}))


def nickname(ask: Ask, known: Known, today: date) -> Outcome:
    """A name, a nickname that nobody need give, and a town."""
    name = ask(text("tiny.name", read_name))
    nick = ask.optional(text("tiny.nick", read_words(), about=name))
    town = ask(text("tiny.town", read_words()))
    return Say(Words("tiny.done", {"whole": f"{name} {nick} {town}"}))


def weather(ask: Ask, known: Known, today: date) -> Outcome:
    """Asks the outside twice, the second time about an answer."""
    towns = known("towns")
    assert isinstance(towns, tuple)
    town = ask(choice("tiny.town", towns))
    return Say(Words("tiny.done", {"sky": known("sky", town)}))


def phone(ask: Ask, known: Known, today: date) -> Outcome:
    """A telephone number, shared or typed."""
    number = ask(text("tiny.phone", read_phone, contact=True))
    return Say(Words("tiny.done", {"phone": number}))


def proof(ask: Ask, known: Known, today: date) -> Outcome:
    """A number that has to be shared, not typed."""
    number = ask(Question("tiny.proof", Words("tiny.proof"), contact=True))
    return Say(Words("tiny.done", {"phone": number}))


def read_fruit(typed: str) -> str:
    """Read a fruit by its key; offers what it might have been."""
    if typed in ("apple", "pear"):
        return typed
    offered = (Option("apple", plain("An apple")), Option("pear", plain("A pear")))
    raise Invalid(Words("tiny.which"), offered if typed == "fruit" else ())


def fruit(ask: Ask, known: Known, today: date) -> Outcome:
    """A name and a fruit; choices are offered where the typed text fits several fruits."""
    ask(text("tiny.name", read_name))
    options = (Option("none", plain("none")), Option("~tiny.name", plain("name")))
    kept = ask(Question("tiny.fruit", Words("tiny.fruit"), options, read_fruit))
    return Say(Words("tiny.done", {"fruit": kept}))


def deciding(ask: Ask, known: Known, today: date) -> Outcome:
    """A card whose buttons carry a nonce of their own."""
    ask(choice("tiny.card", ("yes", "no"), nonce="card7.3", about="card7.3"))
    return DONE
