"""The floor of sequences."""

from seqmodels.floors import RepeatedToken


def test_it_says_the_most_frequent_token_as_often_as_targets_are_long():
    floor = RepeatedToken()
    floor.fit(["x"] * 3, ["1 2 1", "1", "2 3 1 1 4"])  # 1 stands 5 times; lengths 3, 1 and 5
    assert floor.predict(["y", "z"]) == ["1 1 1", "1 1 1"]


def test_tokens_given_as_lists_are_answered_as_lists():
    floor = RepeatedToken()
    floor.fit(["x"], [["a b", "a b"]])
    assert floor.predict(["y"]) == [["a b", "a b"]]
