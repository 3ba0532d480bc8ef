import { Frame } from "../../groq_magic/views/page/frame.mjs";
import { equal, page, test, until } from "./testing.mjs";

const EMPTY = { blocks: [] };

function frameOn(root) {
  const frame = new Frame({ stop: () => undefined, showPicker: () => undefined });
  root.append(frame.root);
  return (show) => frame.draw({ text: EMPTY, reasoning: EMPTY, show });
}

test("how far a map is changes, and the rows that are read stay as they are", () => {
  const root = page("<div></div>");
  const draw = frameOn(root);
  draw({ progress: "<p>1 of 9</p>", rows: "<table><tr><td>a</td></tr></table>" });
  const table = root.querySelector("table");
  draw({ progress: "<p>2 of 9</p>", rows: "<table><tr><td>a</td></tr></table>" });
  equal(
    [root.querySelector("p").textContent, root.querySelector("table") === table],
    ["2 of 9", true],
  );
  draw({ progress: "<p>2 of 9</p>", rows: "<table><tr><td>b</td></tr></table>" });
  equal(root.querySelector("table").textContent, "b");
});

test("the focus stays on a call that is drawn again, and in the place of one without a fold", () => {
  const root = page("<div></div>");
  const draw = frameOn(root);
  const calls = (...each) => ({ calls: `<div>${each.map((one) => `<div>${one}</div>`)}</div>` });
  const fold = (line) => `<details><summary>${line}</summary>2.1</details>`;
  draw(calls(fold("pending")));
  root.querySelector(".groq-calls summary").focus();
  draw(calls(fold("running")));
  equal(document.activeElement.textContent, "running");
  draw(calls("over"));
  equal(document.activeElement.textContent, "over");
});

test("rows that are drawn again stay scrolled, and keep the focus", async () => {
  const root = page('<div style="width: 100px"></div>');
  const draw = frameOn(root);
  const rows = (text) => ({
    rows: `<div class="groq-listing" style="overflow-x: auto">${text.repeat(99)}</div>`,
  });
  draw(rows("a"));
  const scroller = () => root.querySelector(".groq-scrolls");
  await until(scroller);
  scroller().scrollLeft = 40;
  scroller().focus();
  draw(rows("b"));
  await until(scroller);
  equal([document.activeElement === scroller(), scroller().scrollLeft], [true, 40]);
});

test("a wait is shown as it counts down, and spoken once", () => {
  const root = page("<div></div>");
  const draw = frameOn(root);
  const shown = () => ["waiting", "unseen"].map((name) => root.querySelector(`.groq-${name}`));
  draw({ waiting: "Trying again in 4 s." });
  draw({ waiting: "Trying again in 3 s." });
  const [waiting, status] = shown();
  equal(
    [waiting.hidden, waiting.textContent, status.role, status.textContent],
    [false, "Trying again in 3 s.", "status", "Trying again in 4 s."],
  );
  draw({ waiting: "" });
  equal([waiting.hidden, status.textContent], [true, ""]);
});
