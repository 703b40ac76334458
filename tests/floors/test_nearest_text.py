"""The floor that says what the most similar training text has."""

import math
import re
from collections import Counter

from seqmodels.floors import CopySource, NearestText

TRAIN = ["a dog runs on the grass", "a cat sleeps", "two dogs and a cat", "the grass, the sky", "it rains ."]
NEW = ["a Cat runs", "the sky .", "grass dogs", "nothing known here", "two cats and two dogs", "it"]


def cosines(train, text):
    """tf · (1 + log((1 + n) / (1 + df))), by hand."""
    counts = [Counter(re.findall(r"\w+|[^\w\s]", one.lower())) for one in train]
    df = Counter(word for count in counts for word in count)
    idf = {word: 1 + math.log((1 + len(train)) / (1 + n)) for word, n in df.items()}
    mine = Counter(word for word in re.findall(r"\w+|[^\w\s]", text.lower()) if word in idf)
    length = lambda count: math.sqrt(sum((n * idf[word]) ** 2 for word, n in count.items())) or 1.0  # noqa: E731
    dots = [sum(n * mine[word] * idf[word] ** 2 for word, n in count.items()) for count in counts]
    return [dot / length(mine) / length(count) for dot, count in zip(dots, counts, strict=True)]


def test_the_nearest_is_that_of_the_highest_cosine():
    floor = NearestText()
    floor.fit(TRAIN, [f"answer {i}" for i in range(len(TRAIN))])
    for text in NEW:
        found = cosines(TRAIN, text)
        assert floor.predict([text]) == [f"answer {found.index(max(found))}"]
    assert floor.predict([NEW[3]]) == ["answer 0"]


def test_a_copy_is_what_was_read():
    floor = CopySource()
    floor.fit(TRAIN, TRAIN[::-1])
    assert floor.predict(NEW) == NEW
