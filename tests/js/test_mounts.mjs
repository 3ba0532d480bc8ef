import { Mount } from "../../groq_magic/views/page/mounts.mjs";
import { NO_DOCUMENTS, reduce } from "../../groq_magic/views/page/reducer.mjs";
import { equal, ok, page, test } from "./testing.mjs";

/** A document and mounts of it on the page: `patch` changes it and draws it in all of them. */
class Shown {
  constructor(mounts = 1) {
    page('<main class="groq-text"></main>'.repeat(mounts));
    this.mounts = [...document.querySelectorAll("main")].map((root) => new Mount(root));
    this.state = NO_DOCUMENTS;
    this.count = 0;
  }

  get blocks() {
    return this.state.docs.a.text.blocks;
  }

  patch(...patches) {
    this.count += 1;
    this.state = reduce(this.state, { doc: "a", count: this.count, text: patches });
    for (const mount of this.mounts) mount.draw(this.blocks);
    return this;
  }

  get root() {
    return this.mounts[0].root;
  }

  /** The HTML without what was added for the reader. */
  get html() {
    return htmlOf(this.root);
  }

  find(selector) {
    return this.root.querySelector(selector);
  }
}

function htmlOf(root) {
  const copy = root.cloneNode(true);
  for (const made of copy.querySelectorAll(".groq-copy-code")) made.remove();
  return copy.innerHTML;
}

const text = (index, html) => ["block", index, html, "text"];
const code = (index, lines = "") => ["block", index, `<pre><code>${lines}</code></pre>`, "code"];
const TABLE = [
  "block",
  0,
  "<table><thead><tr><th>a</th></tr></thead><tbody></tbody></table>",
  "table",
];
const FORMULA = '<p><math display="block"><mi>x</mi></math></p>';
const IMAGE = '<p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="dot"></p>';

test("a paragraph is drawn, and drawn again", () => {
  const shown = new Shown().patch(text(0, "<p>one</p>")).patch(text(0, "<p>one <b>two</b></p>"));
  equal(shown.html, "<p>one <b>two</b></p>");
});

test("a block that changes leaves the others' nodes alone", () => {
  const shown = new Shown().patch(text(0, "<p>one</p>"), text(1, "<p>two</p>"), code(2));
  const [first, , , pre] = shown.root.childNodes;
  shown.patch(text(1, "<p>2</p>"), text(3, "<p>three</p>"));
  equal(shown.html, "<p>one</p><p>2</p><pre><code></code></pre><p>three</p>");
  ok(shown.root.firstChild === first && pre.isConnected, "a block was drawn again");
});

test("a list grows item by item, and only its tail is drawn again", () => {
  const shown = new Shown().patch(text(0, "<ul></ul>"), ["tail", 0, "<li>on"]);
  shown.patch(["grow", 0, "<li>one</li>"], ["tail", 0, "<li>tw"]);
  const item = shown.find("li");
  shown.patch(["grow", 0, "<li>two</li>"]);
  equal(shown.html, "<ul><li>one</li><li>two</li></ul>");
  ok(shown.find("li") === item, "the first item was drawn again");
});

test("code grows line by line under the same button, and its colours come at its end", () => {
  const shown = new Shown().patch(code(0), ["grow", 0, "x = 1\n"], ["tail", 0, "y"]);
  const button = shown.find(".groq-copy-code");
  button.focus();
  shown.patch(["grow", 0, "y = 2\n"]);
  equal(shown.find("code").textContent, "x = 1\ny = 2\n");
  shown.patch(code(0, '<span class="n">x</span> = 1\n'), text(1, "<p>then</p>"));
  equal(shown.html, '<pre><code><span class="n">x</span> = 1\n</code></pre><p>then</p>');
  ok(document.activeElement === button, "the focus was lost");
  equal(shown.root.querySelectorAll(".groq-copy-code").length, 1);
});

test("a table grows row by row", () => {
  const shown = new Shown().patch(
    TABLE,
    ["grow", 0, "<tr><td>1</td></tr>"],
    ["tail", 0, "<tr><td>2"],
  );
  const row = shown.find("tbody tr");
  shown.patch(["grow", 0, "<tr><td>2</td></tr>"]);
  equal(
    [...shown.root.querySelectorAll("td")].map((cell) => cell.textContent),
    ["1", "2"],
  );
  ok(shown.find("tbody tr") === row, "the first row was drawn again");
});

test("a formula is drawn as one", () => {
  const shown = new Shown().patch(["block", 0, FORMULA, "formula"]);
  equal(
    [shown.html, shown.find("math").namespaceURI],
    [FORMULA, "http://www.w3.org/1998/Math/MathML"],
  );
});

test("an image is drawn", () => {
  equal(new Shown().patch(["block", 0, IMAGE, "image"]).html, IMAGE);
});

test("a kind that this page does not know is drawn as text", () => {
  equal(new Shown().patch(["block", 0, "<p>new</p>", "chart"]).html, "<p>new</p>");
});

test("a block that turns out to be of another kind is drawn in the same place", () => {
  const shown = new Shown().patch(text(0, "<p>one</p>"), text(1, "<p>| a"), text(2, "<p>end</p>"));
  const [op, , html, kind] = TABLE;
  shown.patch([op, 1, html, kind]).patch(text(1, "<p>a bar after all</p>"));
  equal(shown.html, "<p>one</p><p>a bar after all</p><p>end</p>");
});

test("a fold that the reader opened stays open when it is drawn again", () => {
  const fold = (more) => text(0, `<details><summary>Steps</summary>${more}</details>`);
  const shown = new Shown().patch(fold("one"));
  shown.find("details").open = true;
  shown.patch(fold("one, two"));
  equal([shown.find("details").open, shown.find("details").textContent], [true, "Stepsone, two"]);
});

test("all settled code has a Copy button, code that still comes has no button", () => {
  const nested = "<ul><li>a<pre><code>in list</code></pre></li></ul>";
  const fold = "<details><summary>s</summary><pre><code>in fold</code></pre></details>";
  const shown = new Shown().patch(text(0, nested), ["tail", 0, "<li><pre><code>comes"]);
  equal(shown.root.querySelectorAll(".groq-copy-code").length, 1);
  shown.patch(["grow", 0, "<li><pre><code>came</code></pre></li>"], text(1, fold));
  equal(shown.root.querySelectorAll(".groq-copy-code").length, 2);
  shown.patch(text(2, "<p>end</p>"));
  equal(
    [...shown.root.querySelectorAll(".groq-copy-code + pre")].map((pre) => pre.textContent),
    ["in list", "came", "in fold"],
  );
  shown.patch(text(1, fold.replace("in fold", "changed by a late link")));
  equal(shown.root.querySelectorAll(".groq-copy-code").length, 3);
});

test("several mounts show one document, and each has its own folds", () => {
  const fold = "<details><summary>s</summary>text</details>";
  const shown = new Shown(2).patch(text(0, fold), code(1, "x"));
  const [first, second] = shown.mounts.map(({ root }) => root);
  first.querySelector("details").open = true;
  shown.patch(["grow", 1, "y"], text(2, "<p>end</p>"));
  equal(second.querySelector("details").open, false);
  first.querySelector("details").open = false;
  equal(htmlOf(first), htmlOf(second));
});

test("a third mount, opened after one was closed, shows all blocks", () => {
  const shown = new Shown(2).patch(text(0, "<ul></ul>"), ["grow", 0, "<li>1</li>"], code(1, "x"));
  shown.mounts.pop().draw([]);
  const late = new Mount(document.body.appendChild(document.createElement("main")));
  shown.mounts.push(late);
  shown.patch(["grow", 1, "y"], text(2, "<p>end</p>"));
  equal(htmlOf(late.root), shown.html);
});

test("a mount that draws nothing has nothing left on the page", () => {
  const shown = new Shown().patch(text(0, "<p>one</p> and"), code(1, "x"), TABLE.with(1, 2));
  shown.patch(["cut", 1, ""]);
  equal(shown.html, "<p>one</p> and");
  shown.mounts[0].draw([]);
  equal(shown.root.childNodes.length, 0);
});

test("a block whose HTML breaks out stays inside its mount", () => {
  const shown = new Shown(2).patch(text(0, "</main></div><p>out</p>"), ["block", 1, "", "text"]);
  shown.patch(["block", 1, "</table><p>x", "table"], ["grow", 1, "</tbody></table><b>y"]);
  equal(document.body.children.length, 2);
});

test("a table that scrolls keeps the focus when it is drawn again", () => {
  const shown = new Shown().patch(TABLE);
  shown.find("table").classList.add("groq-scrolls");
  shown.find("table").tabIndex = 0;
  shown.find("table").focus();
  shown.patch(["block", 0, TABLE[2].replace("<th>", "<th>new "), "table"]);
  ok(shown.find("table").textContent.includes("new"), "the table was not drawn again");
  equal(document.activeElement, shown.find("table"));
});

test("a block that is drawn again keeps the focus in its place", () => {
  const fold = (more) => `<details><summary>Steps</summary><p>one ${more}</p></details>`;
  const shown = new Shown().patch(text(0, fold("")));
  shown.find("summary").focus();
  shown.patch(text(0, fold("two")));
  equal(document.activeElement, shown.find("summary"));
  equal(shown.find("p").textContent, "one two");
  shown.patch(text(0, "<p>no fold</p>"));
  equal(document.activeElement, document.body);
});
