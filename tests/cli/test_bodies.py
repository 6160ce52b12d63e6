"""`folkmoot body`, `places`, `spots` and `invite officer`, typed as docs/bodies.md says."""

from __future__ import annotations

import json
import shlex

from tests.cli.conftest import Desk, Told
from tests.cli.test_facts import ELM_PARK
from tests.papers.reading import code, titled

PAPER = "docs/bodies.md"


def files_of_the_paper(desk: Desk) -> None:
    """The files of the example, beside each other."""
    for one in code(PAPER):
        if one.language in ("yaml", "json", "csv"):
            (desk.folder / one.title).write_text(one.text, "utf-8")


def says(desk: Desk, title: str) -> list[Told]:
    """What the commands of that title say."""
    typed = [shlex.split(line)[1:] for line in titled(PAPER, title).splitlines()]
    return [desk.types(*words) for words in typed]


def test_the_paper_is_right_from_its_beginning_to_its_end(either_desk: Desk) -> None:
    desk = either_desk
    desk.types(*ELM_PARK)
    files_of_the_paper(desk)
    (looked,) = says(desk, "look first")
    assert looked.out == titled(PAPER, "what it says")
    done = desk.types("body", "import", "bodies.yaml").out
    assert done == looked.out.replace("This would be", "Done").replace(" Nothing was changed.", "")
    assert desk.types("body", "import", "bodies.yaml").out == "Done: 11 unchanged.\n"
    (written,) = says(desk, "write it out")
    assert written.out.startswith("Written: now.yaml and now.geojson.")
    assert desk.types("body", "import", "now.yaml", "--json").json["counts"] == {"unchanged": 11}
    (table,) = says(desk, "bring the table")
    assert table.out == (
        "~ changed team oakshire/roads\n    email: nothing → roads@oakshire.example\n+ added team oakshire/parks\n"
        "~ changed duty oakshire/roads: street-light in every place\n    answer: 5 → 3\n    resolve: 20 → 10\n"
        "+ added duty oakshire/parks: neighbour in east-ward\nDone: 2 added, 2 changed, 1 unchanged.\n"
    )
    (invited,) = says(desk, "the first lead")
    assert "it works once, until" in invited.out
    brought = says(desk, "bring both")
    assert [one.out.splitlines()[-1] for one in brought] == ["Done: 2 added.", "Done: 1 added."]
    assert desk.types("body", "list").out == (
        "oakshire: Oakshire Council (county); teams and their people: parks (0), roads (0), waste (0)\n"
    )


def test_a_wrong_file_ends_with_1_and_one_sentence(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    files_of_the_paper(desk)
    good = (desk.folder / "bodies.yaml").read_text("utf-8")
    (desk.folder / "bodies.yaml").write_text(good.replace("GB-WLS", "GB-XYZ"), "utf-8")
    told = desk.types("body", "import", "bodies.yaml")
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("bodies.yaml, line 9: I know no calendar of public holidays called GB-XYZ.")
    assert desk.types("body", "list").out.startswith("There are no bodies yet.")


def test_an_export_overwrites_nothing(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    files_of_the_paper(desk)
    told = desk.types("body", "export", "bodies.yaml")
    assert told.code == 2
    assert "is there already" in told.err
    assert desk.types("body", "export", "x.yaml", "--body", "gone").err == "There is no body called gone.\n"


def test_north_and_east_are_asked_about_and_the_answer_holds(desk: Desk) -> None:
    desk.types(*ELM_PARK, "--at", "51.55,0.19")
    turned = json.loads(titled(PAPER, "wards.geojson"))
    feature = turned["features"][0]
    del feature["properties"]["body"]
    ring = feature["geometry"]["coordinates"][0]
    feature["geometry"]["coordinates"] = [[[north, east] for east, north in ring]]
    (desk.folder / "wards.geojson").write_text(json.dumps(turned), "utf-8")
    told = desk.types("body", "import", "wards.geojson")
    assert (told.code, told.out) == (1, "")
    assert "north and east seem to have changed places" in told.err
    swapped = desk.types("body", "import", "wards.geojson", "--swap", "--json").json
    assert swapped["counts"] == {"added": 1}
    again = desk.types("body", "import", "wards.geojson", "--as-it-is", "--json").json
    assert [one["name"] for one in again["changes"][0]["fields"]] == ["geometry", "size"]


def test_an_officer_is_invited_to_a_team_that_is_there(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    files_of_the_paper(desk)
    desk.types("body", "import", "bodies.yaml")
    assert desk.types("invite", "officer").code == 2
    assert desk.types("invite", "organiser").code == 2
    wrong = desk.types("invite", "officer", "--body", "gone")
    assert wrong.err == "There is no body called gone.\n"
    wrong = desk.types("invite", "officer", "--body", "oakshire", "--team", "gone")
    assert wrong.err == "There is no team called gone there.\n"
    wrong = desk.types("invite", "officer", "--body", "oakshire")
    assert wrong.err.startswith("Officers and leads are in a team")
    councillor = ("invite", "officer", "--body", "oakshire", "--post", "councillor", "--area")
    assert desk.types(*councillor, "gone").err == "There is no area called gone.\n"
    assert desk.types(*councillor, "east-ward").code == 0
    made = desk.types("invite", "officer", "--body", "oakshire", "--post", "director", "--json").json
    assert made["links"]["web"] == f"http://localhost:8080/w/elm-park/{made['code']}"
