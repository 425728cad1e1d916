"""Random histories of a small desk, valid as the app would write them."""

from dataclasses import replace

from hypothesis import strategies as st

from firsthand.model.events import Event, PersonNamed, Refused
from firsthand.model.ids import PersonId
from firsthand.model.outcomes import Failed, NothingThere, NotLooked, Outcome
from tests.storage.events import (
    CASE,
    FOREIGN,
    arrived,
    finding,
    opened,
    redirected,
    reviewed,
    sealed,
    searched,
    shaped,
    sighted,
    sound,
)
from tests.support.values import texts


@st.composite
def histories(draw: st.DrawFn) -> list[list[Event]]:
    """Appends one after the other, each of which the store must take."""
    numbers = range(draw(st.integers(1, 4)))
    history: list[list[Event]] = [[opened(), *(sealed(number) for number in numbers)]]
    copies: dict[str, int] = {}
    takes: list[str] = []
    for step in range(draw(st.integers(0, 12))):
        number = draw(st.sampled_from(numbers))
        event: Event
        match draw(st.integers(0, 9)):
            case 0:
                event = arrived(number, arrival=f"arrival_{step}", path=draw(texts), name=draw(texts))
            case 1:
                event = Refused(case=CASE, path=draw(texts), why=draw(texts))
            case 2:
                answers: list[Outcome] = [sound(step), NothingThere(why="x"), NotLooked(because=FOREIGN)]
                event = finding(
                    number, draw(st.sampled_from(answers)), finding=f"finding_{step}", version=draw(st.integers(1, 3))
                )
            case 3:
                event = finding(
                    number, Failed(error="OverLimit", why=draw(texts)), finding=f"finding_{step}", version=4
                )
            case 4:
                made = searched(number, (f"copy_{step}", number, 0), version=step)
                copies[f"copy_{step}"] = 0
                event = made
            case 5 if copies:
                copy = draw(st.sampled_from(sorted(copies)))
                event = reviewed(copy, expected_version=copies[copy], confirm=draw(st.booleans()))
                copies[copy] += 1
            case 6 if takes:
                event = redirected(draw(st.sampled_from(takes)), *draw(st.lists(st.sampled_from(takes), max_size=2)))
            case 8:
                seen = sighted(number, sighting=f"sighting_{step}")
                event = replace(seen, post=replace(seen.post, caption=draw(texts)), record=draw(texts))
            case 7:
                event = PersonNamed(person=PersonId(f"person_{number}"), name=draw(texts), authenticated_by="none")
            case _:
                takes.append(f"take_{draw(st.integers(0, 3))}")
                event = shaped(takes[-1], number)
        if draw(st.booleans()):
            history.append([event])
        else:
            history[-1].append(event)
    return history
