import pytest

from tests.peers.slackd.blockkit import check_message
from tests.peers.slackd.samples import (
    Broken,
    Json,
    actions,
    asks,
    bars,
    button,
    card,
    confirm,
    container,
    data_table,
    group,
    image,
    message,
    mrkdwn,
    of,
    option,
    options,
    pie,
    plain,
    plan,
    post,
    raw,
    rich,
    rows,
    section,
    select,
    series,
    table,
    told,
    typed,
    video,
    with_accessory,
)

LONG = "https://files.example/" + "x" * 2979
IN_ALL = "too_long /blocks"  # more than all blocks of a message may hold anyway


def bare() -> Json:
    return of("button", text=plain())


def icon() -> Json:
    return of("icon_button", icon="trash", text=plain())


SURFACES = [
    Broken("an alert in a message", message(of("alert", text=plain())), "misplaced /blocks/0"),
    Broken("a file, which Slack alone draws", message(of("file", external_id="x")), "misplaced /blocks/0"),
    Broken("a block of no known type", message(of("heading", text=plain())), "unknown_type /blocks/0/type"),
    Broken("a block without a type", message({"text": plain()}), "missing /blocks/0"),
    Broken("a block that is no object", {"text": "x", "blocks": ["divider"]}, "wrong_type /blocks/0"),
    Broken("blocks that are no list", {"text": "x", "blocks": {}}, "wrong_type /blocks"),
    Broken("a file asked for in a message", message(asks(of("file_input"))), "misplaced /blocks/0/element"),
    Broken(
        "a response_url for a menu of a message",
        message(actions(of("channels_select", response_url_enabled=True))),
        "misplaced /blocks/0/elements/0/response_url_enabled",
    ),
]

COUNTS = [
    Broken("51 blocks", message(*[of("divider")] * 51), "too_many /blocks"),
    Broken("no action", message(actions()), "too_few /blocks/0/elements"),
    Broken("26 actions", message(actions(*[bare()] * 26)), "too_many /blocks/0/elements"),
    Broken("an empty context", message(of("context", elements=[])), "too_few /blocks/0/elements"),
    Broken("a context of 11", message(of("context", elements=[plain()] * 11)), "too_many /blocks/0/elements"),
    Broken("6 context actions", message(of("context_actions", elements=[icon()] * 6)), "too_many /blocks/0/elements"),
    Broken("11 fields", message(of("section", fields=[plain()] * 11)), "too_many /blocks/0/fields"),
    Broken("no field", message(of("section", fields=[])), "too_few /blocks/0/fields"),
    Broken("a section of nothing", message(of("section")), "missing /blocks/0"),
    Broken("two tables", message(table(), table()), "too_many /blocks"),
    Broken("a table of 101 rows", message(table(101, 1)), "too_many /blocks/0/rows"),
    Broken("a table of 21 columns", message(table(1, 21)), "too_many /blocks/0/rows/0"),
    Broken("an empty cell", message(of("table", rows=[[raw("")]])), "too_short /blocks/0/rows/0/0/text"),
    Broken("a cell of plain text", message(of("table", rows=[[plain()]])), "unknown_type /blocks/0/rows/0/0/type"),
    Broken("a ragged table", message(of("table", rows=[*rows(1), *rows(1, 1)])), "not_rectangular /blocks/0/rows/1"),
    Broken("21 column settings", message(table(column_settings=[{}] * 21)), "too_many /blocks/0/column_settings"),
    Broken("a data table of one row", message(data_table(1)), "too_few /blocks/0/rows"),
    Broken("a data table of 202 rows", message(data_table(202, 1)), "too_many /blocks/0/rows"),
    Broken(
        "a data table of no column",
        message(data_table(rows=[[], []])),
        "too_few /blocks/0/rows/0",
        ("too_few /blocks/0/rows/1",),
    ),
    Broken("a rich heading", message(data_table(rows=[[rich(typed())], [raw()]])), "misplaced /blocks/0/rows/0/0"),
    Broken("a data table without caption", message(of("data_table", rows=rows(2))), "missing /blocks/0"),
    Broken("101 rows to a page", message(data_table(page_size=101)), "too_big /blocks/0/page_size"),
    Broken(
        "a row header where no column is",
        message(data_table(row_header_column_index=2)),
        "too_big /blocks/0/row_header_column_index",
    ),
    Broken("20001 characters in a data table", message(data_table(rows=[[raw("x" * 2858)]] * 7)), IN_ALL, (IN_ALL,)),
    Broken("three charts", message(pie(1), pie(1), pie(1)), "too_many /blocks"),
    Broken("13 segments", message(pie(*range(1, 14))), "too_many /blocks/0/chart/segments"),
    Broken("13 series", message(bars(series=[series(f"{n}") for n in range(13)])), "too_many /blocks/0/chart/series"),
    Broken("a segment of nothing", message(pie(0)), "too_small /blocks/0/chart/segments/0/value"),
    Broken("a segment without end", message(pie(float("inf"))), "bad_format /blocks/0/chart/segments/0/value"),
    Broken("a segment that is a word", message(pie("1")), "wrong_type /blocks/0/chart/segments/0/value"),
    Broken(
        "points beside the categories",
        message(bars(series=[series("x", "Mon", "Wed")])),
        "conflict /blocks/0/chart/series/0/data",
    ),
    Broken(
        "two series of one name",
        message(bars(series=[series("x"), series("x")])),
        "not_unique /blocks/0/chart/series/1",
    ),
    Broken("a chart of another kind", message(bars(type="radar")), "unknown_type /blocks/0/chart/type"),
    Broken("an empty card", message(of("card")), "missing /blocks/0"),
    Broken("four actions on a card", message(card(actions=[bare()] * 4)), "too_many /blocks/0/actions"),
    Broken("a carousel of 11", message(of("carousel", elements=[card()] * 11)), "too_many /blocks/0/elements"),
    Broken(
        "a carousel of dividers", message(of("carousel", elements=[of("divider")])), "misplaced /blocks/0/elements/0"
    ),
    Broken("an empty container", message(container()), "too_few /blocks/0/child_blocks"),
    Broken("a container of 11", message(container(*[of("divider")] * 11)), "too_many /blocks/0/child_blocks"),
    Broken("a card in a container", message(container(card())), "misplaced /blocks/0/child_blocks/0"),
    Broken("a plan of 51", message(plan(51)), "too_many /blocks/0/tasks"),
    Broken(
        "a task that waits on its own",
        message(of("task_card", task_id="t", title="Task", status="pending")),
        "not_allowed /blocks/0/status",
    ),
]

LENGTHS = [
    Broken("no words", message(section(text=plain(""))), "too_short /blocks/0/text/text"),
    Broken("a section of 3001", message(section(text=plain("x" * 3001))), "too_long /blocks/0/text/text"),
    Broken("1501 faces, of two units each", message(section(text=plain("😀" * 1501))), "too_long /blocks/0/text/text"),
    Broken("a field of 2001", message(of("section", fields=[plain("x" * 2001)])), "too_long /blocks/0/fields/0/text"),
    Broken("a header of 151", message(of("header", text=plain("x" * 151))), "too_long /blocks/0/text/text"),
    Broken("a header of 76 faces", message(of("header", text=plain("😀" * 76))), "too_long /blocks/0/text/text"),
    Broken("a header with markup", message(of("header", text=mrkdwn())), "misplaced /blocks/0/text"),
    Broken(
        "a text that is a number", message(section(text=of("plain_text", text=1))), "wrong_type /blocks/0/text/text"
    ),
    Broken(
        "markdown of 12001, in two",
        message(of("markdown", text="x" * 6000), of("markdown", text="x" * 6001)),
        IN_ALL,
        (IN_ALL,),
    ),
    Broken("12001 characters of blocks", message(*[section(text=plain("x" * 2400)) for _ in range(5)]), IN_ALL),
    Broken("a card's body of 201", message(card(body=plain("x" * 201))), "too_long /blocks/0/body/text"),
    Broken("a card's title of 151", message(card(title=plain("x" * 151))), "too_long /blocks/0/title/text"),
    Broken("a card's subtitle of 151", message(card(subtitle=plain("x" * 151))), "too_long /blocks/0/subtitle/text"),
    Broken("a picture's address of 3001", message(image(image_url=LONG)), "too_long /blocks/0/image_url"),
    Broken("a picture without words", message(of("image", image_url="https://x.example")), "missing /blocks/0"),
    Broken("a picture's words of 2001", message(image(alt_text="x" * 2001)), "too_long /blocks/0/alt_text"),
    Broken("a picture from two places", message(image(slack_file={"id": "F1"})), "conflict /blocks/0"),
    Broken("a picture from nowhere", message(of("image", alt_text="x")), "conflict /blocks/0"),
    Broken("a video's title of 200", message(video(title=plain("x" * 200))), "too_long /blocks/0/title/text"),
    Broken("a video's author of 50", message(video(author_name="x" * 50)), "too_long /blocks/0/author_name"),
    Broken("a video in the open", message(video(video_url="http://x.example")), "bad_format /blocks/0/video_url"),
    Broken("a chart's title of 51", message(pie(1), {**pie(1), "title": "x" * 51}), "too_long /blocks/1/title"),
    Broken("a segment's label of 21", message(pie(1, label="x" * 21)), "too_long /blocks/0/chart/segments/0/label"),
    Broken("a button of 76", message(actions(button(text=plain("x" * 76)))), "too_long /blocks/0/elements/0/text/text"),
    Broken("a button with markup", message(actions(button(text=mrkdwn()))), "misplaced /blocks/0/elements/0/text"),
    Broken(
        "a button's value of 2001", message(actions(button(value="x" * 2001))), "too_long /blocks/0/elements/0/value"
    ),
    Broken("a button's value as a number", message(actions(button(value=7))), "wrong_type /blocks/0/elements/0/value"),
    Broken("a button's address of 3001", message(actions(button(url=LONG))), "too_long /blocks/0/elements/0/url"),
    Broken(
        "a button in another style", message(actions(button(style="default"))), "not_allowed /blocks/0/elements/0/style"
    ),
    Broken(
        "a button's spoken label of 76",
        message(actions(button(accessibility_label="x" * 76))),
        "too_long /blocks/0/elements/0/accessibility_label",
    ),
    Broken(
        "an action_id of 256", message(actions(button(action_id="x" * 256))), "too_long /blocks/0/elements/0/action_id"
    ),
    Broken("a block_id of 256", message(section(block_id="x" * 256)), "too_long /blocks/0/block_id"),
    *[
        Broken(
            f"a confirmation whose {name} has {many}",
            message(actions(button(confirm=confirm(**{name: plain("x" * many)})))),
            f"too_long /blocks/0/elements/0/confirm/{name}/text",
        )
        for name, many in (("title", 101), ("text", 301), ("confirm", 31), ("deny", 31))
    ],
    Broken(
        "a confirmation that cannot be denied",
        message(actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain()}))),
        "missing /blocks/0/elements/0/confirm",
    ),
    Broken(
        "a placeholder of 151",
        message(actions(select(placeholder=plain("x" * 151)))),
        "too_long /blocks/0/elements/0/placeholder/text",
    ),
]

NESTING = [
    Broken("typing among actions", message(actions(of("plain_text_input"))), "misplaced /blocks/0/elements/0"),
    Broken("a picture among actions", message(actions(image())), "misplaced /blocks/0/elements/0"),
    Broken("typing beside a section", message(with_accessory(of("plain_text_input"))), "misplaced /blocks/0/accessory"),
    Broken(
        "a date and time beside a section",
        message(with_accessory(of("datetimepicker"))),
        "misplaced /blocks/0/accessory",
    ),
    Broken("a button in a context", message(of("context", elements=[button()])), "misplaced /blocks/0/elements/0"),
    Broken("a button to fill in", message(asks(button())), "misplaced /blocks/0/element"),
    Broken("one block_id twice", message(section(block_id="b"), section(block_id="b")), "not_unique /blocks/1"),
    Broken("one action_id twice in a block", message(actions(button(), button())), "not_unique /blocks/0/elements/1"),
    Broken(
        "two that want the focus",
        message(asks(select(focus_on_load=True)), asks(select(focus_on_load=True))),
        "too_many /blocks/1/element",
    ),
    Broken("emoji in markup", message(section(text=mrkdwn(emoji=True))), "unknown_key /blocks/0/text/emoji"),
    Broken("verbatim plain text", message(section(text=plain(verbatim=True))), "unknown_key /blocks/0/text/verbatim"),
    Broken("a key nobody knows", message(section(colour="red")), "unknown_key /blocks/0/colour"),
    Broken(
        "a list of text",
        message(of("rich_text", elements=[of("rich_text_list", style="bullet", elements=[typed()])])),
        "unknown_type /blocks/0/elements/0/elements/0/type",
    ),
    Broken(
        "text outside of a paragraph", message(of("rich_text", elements=[typed()])), "misplaced /blocks/0/elements/0"
    ),
    Broken(
        "a list in no style",
        message(
            of("rich_text", elements=[of("rich_text_list", elements=[of("rich_text_section", elements=[typed()])])])
        ),
        "missing /blocks/0/elements/0",
    ),
    Broken("rich text of no words", message(rich(typed(""))), "too_short /blocks/0/elements/0/elements/0/text"),
    Broken(
        "a style that is no style",
        message(rich(typed(style={"blink": True}))),
        "unknown_key /blocks/0/elements/0/elements/0/style/blink",
    ),
]

LOUD = [
    Broken("a channel called in markup", message(section(text=mrkdwn("see <!channel>"))), "loud /blocks/0/text/text"),
    Broken("all called by a label", message(section(text=mrkdwn("<!here|here>"))), "loud /blocks/0/text/text"),
    Broken(
        "a channel called in rich text",
        message(rich(of("broadcast", range="channel"))),
        "loud /blocks/0/elements/0/elements/0",
    ),
    Broken("a channel called in the text", {"text": "<!everyone> look"}, "loud /text"),
]

POSTS = [
    Broken("no channel", post(channel=None), "missing "),
    Broken("no text", post(text=None, blocks=[of("divider")]), "missing "),
    Broken("an empty text", post(text=""), "too_short /text"),
    Broken("a text of 40001", post(text="x" * 40_001), "too_long /text"),
    Broken("text in two ways", post(markdown_text="x"), "unknown_key /markdown_text"),
    Broken("links drawn out", post(unfurl_links=True), "not_allowed /unfurl_links"),
    Broken("media left to be drawn out", post(unfurl_media=None), "missing "),
    Broken("metadata without a type", post(metadata={"event_payload": {}}), "missing /metadata"),
    Broken(
        "metadata of words",
        post(metadata={"event_type": "x", "event_payload": "k"}),
        "wrong_type /metadata/event_payload",
    ),
    Broken("a thread that is no timestamp", post(thread_ts="1"), "bad_format /thread_ts"),
]

BROKEN = [*SURFACES, *COUNTS, *LENGTHS, *NESTING, *LOUD]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_message_that_breaks_one_rule_is_refused_for_that_and_nothing_else(broken: Broken) -> None:
    assert told(check_message(broken.payload)) == [broken.problem, *broken.besides]


@pytest.mark.parametrize("broken", POSTS, ids=lambda broken: broken.name)
def test_a_post_that_breaks_one_rule_is_refused_for_that_and_nothing_else(broken: Broken) -> None:
    assert told(check_message(broken.payload, "chat.postMessage")) == [broken.problem]


def test_an_edit_holds_less_text_than_a_post() -> None:
    edit = {"channel": "C1", "ts": "1790000000.000001"}
    assert check_message({**edit, "text": "x" * 4000}, "chat.update") == []
    assert told(check_message({**edit, "text": "x" * 4001}, "chat.update")) == ["too_long /text"]
    assert check_message(post(text="x" * 4001), "chat.postMessage") == []


WELL_MADE: list[Json] = [
    {"text": "Words alone"},
    message(section(), of("divider"), of("header", text=plain("x" * 150)), image(title=plain()), video()),
    message(section(text=mrkdwn("&lt;!channel&gt;", verbatim=True), fields=[plain(emoji=True)], accessory=image())),
    message(actions(*[button(action_id=f"a{n}") for n in range(25)])),
    message(actions(button(value="", style="danger", url="https://x.example", confirm=confirm(style="danger")))),
    message(actions(select(initial_option=options(2)[1]), of("static_select", option_groups=[group("x"), group("y")]))),
    message(actions(of("overflow", options=[option(url="https://x.example")]))),
    message(
        actions(of("checkboxes", options=[option() | {"text": mrkdwn()}]), of("datepicker", initial_date="2026-11-22"))
    ),
    message(with_accessory(of("multi_users_select", max_selected_items=1)), with_accessory(button())),
    message(of("context", elements=[plain(), mrkdwn(), image()]), of("context_actions", elements=[icon()])),
    message(
        rich(typed("<!channel>", style={"bold": True}), of("user", user_id="U1"), of("link", url="https://x.example"))
    ),
    message(
        of(
            "rich_text",
            elements=[
                of("rich_text_quote", elements=[typed("x" * 3000)]),
                of("rich_text_preformatted", elements=[typed()]),
                of("rich_text_list", style="bullet", elements=[of("rich_text_section", elements=[typed()])]),
            ],
        )
    ),
    message(table(100, 1), data_table(20, 2, page_size=10), bars(), pie(1, 2)),
    message(card(actions=[bare()] * 3), of("carousel", elements=[card()]), container(section(), table())),
    message(plan(2), of("task_card", task_id="t", title="Task", status="complete"), of("markdown", text="**x**")),
    message(asks(of("plain_text_input", multiline=True, min_length=1, max_length=3000), hint=plain(), optional=True)),
    message(*[of("divider")] * 50),
]


@pytest.mark.parametrize("payload", WELL_MADE, ids=str)
def test_what_is_well_made_passes(payload: Json) -> None:
    assert told(check_message(payload)) == []
