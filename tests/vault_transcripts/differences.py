"""The list of what differs from the recordings, each with its reason, held to what a replay found: a difference that
is not listed fails, and so does one that is listed and no longer there."""
import json
import pathlib


class Differences:
    def __init__(self, part):
        listed = json.loads((pathlib.Path(__file__).parent / "differences.json").read_text())[part]
        self.reasons = {name: group["reason"] for group in listed["differ"] for name in group["steps"]}
        self.left_out = {name: group["reason"] for group in listed["not_replayed"] for name in group["steps"]}
        self.found, self.steps = {}, []

    def left_out_reason(self, step):
        for name in (step.name, step.heading, step.section):
            if name in self.left_out:
                return self.left_out[name]
        return None

    def note(self, step, complaints):
        self.steps.append(step.name)
        if complaints:
            self.found[step.name] = complaints

    def report(self):
        """Prints what is wrong with the list; answers the exit status."""
        unlisted = [name for name in self.found if name not in self.reasons]
        gone = [name for name in self.reasons if name not in self.found]
        for name in unlisted:
            print(f"DIFFERS: {name}")
            for complaint in self.found[name]:
                print("    " + complaint.replace("\n", "\n    "))
        for name in gone:
            print(f"NO LONGER DIFFERS (take it off the list): {name}")
        same = len(self.steps) - len(self.found)
        print(f"{len(self.steps)} steps replayed, {same} the same to the byte, {len(self.found)} differ, "
              f"{len(unlisted)} of them not listed; {len(gone)} listed and gone")
        return 1 if unlisted or gone else 0


def show(label, expected, actual):
    return f"{label}: expected\n{_cut(expected)}\n{label}: got\n{_cut(actual)}"


def _cut(text):
    return text if len(text) < 1500 else text[:1500] + "..."
