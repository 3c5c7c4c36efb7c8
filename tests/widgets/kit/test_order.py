"""Which change of a control counts, told by hand: names, messages and times are made up."""

import random

from dartslab.widgets.kit.order import Order


def test_the_page_that_has_seen_everything_is_always_right() -> None:
    order = Order()
    order.note("xi", at=500.0)
    assert order.accept("xi", "page", number=1, seen=1, at=100.0)  # its clock is late, but it knew


def test_of_two_changes_without_knowledge_of_each_other_the_later_one_counts() -> None:
    order = Order()
    order.note("xi", at=500.0)
    assert not order.accept("xi", "page", number=1, seen=0, at=499.0)
    assert order.accept("xi", "page", number=2, seen=0, at=501.0)
    assert not order.accept("xi", "other page", number=1, seen=1, at=500.5)


def test_another_control_is_another_matter() -> None:
    order = Order()
    order.note("xi", at=500.0)
    assert order.accept("a", "page", number=1, seen=0, at=1.0)


def test_messages_of_one_page_count_in_the_order_in_which_they_were_sent() -> None:
    order = Order()
    assert order.accept("xi", "page", number=2, seen=0, at=2.0)
    assert not order.accept("xi", "page", number=1, seen=0, at=1.0)
    assert order.accept("w", "page", number=1, seen=0, at=1.0)


def test_what_was_heard_is_the_latest_message_of_each_page() -> None:
    order = Order()
    for sender, number in (("a", 1), ("b", 1), ("a", 3), ("a", 2)):
        order.hear(sender, number)
    assert order.heard == {"a": 3, "b": 1}


def test_whatever_the_order_of_arrival_the_change_with_the_latest_time_is_kept() -> None:
    for seed in range(200):
        draw = random.Random(seed)
        order, value = Order(), None
        changes = [("python" if draw.random() < 0.5 else "page", time) for time in range(50)]
        kept = max(changes, key=lambda change: change[1])
        late = [change for change in changes if change[0] == "page"]
        arriving = [change for change in changes if change[0] == "python"] + late  # pages wait for a slow kernel
        for sender, time in arriving:
            if sender == "python":
                order.note("xi", at=time)
                value = sender, time
            elif order.accept("xi", "page", number=time, seen=0, at=time):
                value = sender, time
        assert value == kept
