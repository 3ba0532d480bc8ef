import { Frame } from "../../groq_magic/views/page/frame.mjs";
import { equal, page, test } from "./testing.mjs";

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
