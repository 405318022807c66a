"""What others say goes into a log line by log_quote() alone: quotes that a
format writes itself end where the other wants them to."""
import re

from test_layers import sources

BY_HAND = re.compile(r'=\\"%')


def test_no_value_is_quoted_by_hand():
    found = [f"{name}: {call[:60]}" for name, text in sources()
             for call in re.findall(r"\blog_\w+\([^;]*;", text)
             if BY_HAND.search(call)]
    assert not found, found
