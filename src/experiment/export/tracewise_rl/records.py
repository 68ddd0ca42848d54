"""The buffer of records: own programs with what they really compute, kept for some
steps and drawn newest first."""


class RecordBuffer:
    """Holds `{"record": ..., "key": ...}`; equal keys are duplicates. Plain data,
    so that a run is saved and resumed with it."""

    def __init__(self, capacity, stored=()):
        self.capacity = capacity
        self.stored = list(stored)

    def __len__(self):
        return len(self.stored)

    def has(self, key):
        return any(item["key"] == key for item in self.stored)

    def add(self, items):
        """The oldest leave where there are more than the capacity."""
        self.stored = [*self.stored, *items][-self.capacity :]

    def expire(self, step, max_age):
        """Lets go of what no later step may draw."""
        self.stored = [item for item in self.stored if step - item["record"]["bornAt"] < max_age]

    def draw(self, step, count, strategy, max_age, cap, stream):
        """
        Up to `count` different records: newest first, those of one birth in random
        order, at most `cap` of a task, none of this step. The buffer keeps them.
        strategy: "newest", or "recent" for those born at the step before alone.
        """
        oldest = 1 if strategy == "recent" else max_age
        fitting = [item["record"] for item in self.stored if 0 < step - item["record"]["bornAt"] <= oldest]
        taken, drawn = {}, []
        for birth in sorted({record["bornAt"] for record in fitting}, reverse=True):
            born = [record for record in fitting if record["bornAt"] == birth]
            for record in stream.fork(f"born {birth}").shuffle(born):
                if len(drawn) == count:
                    return drawn
                if taken.get(record["taskId"], 0) < cap:
                    taken[record["taskId"]] = taken.get(record["taskId"], 0) + 1
                    drawn.append(record)
        return drawn
