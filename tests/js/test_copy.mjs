import { button, withCopy } from "../../groq_magic/views/page/copy.mjs";
import { equal, page, test, until } from "./testing.mjs";

/** Run something on a page whose browser has no clipboard; `copies` is whether the old way works. */
async function withoutClipboard(copies, call) {
  const commands = [];
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
  document.execCommand = (command) => {
    commands.push([command, document.activeElement.value]);
    return copies;
  };
  try {
    await call(commands);
  } finally {
    delete navigator.clipboard;
    delete document.execCommand;
  }
}

test("a press copies, and the button says so for a while", async () => {
  const made = button("some-class", ["Copy", "Copy it"], () => "copied text");
  page("<p></p>").append(made);
  made.click();
  await until(() => made.textContent === "Copied");
  equal([made.ariaLabel, await navigator.clipboard.readText()], ["Copied", "copied text"]);
  await until(() => made.textContent === "Copy");
  equal(made.ariaLabel, "Copy it");
});

test("code's button copies the code that stands after it now", async () => {
  const pre = page("<pre><code>first\n</code></pre>");
  const made = withCopy(pre);
  equal(made.nextElementSibling, pre);
  pre.firstChild.textContent = "second\n";
  made.click();
  await until(() => made.textContent === "Copied");
  equal(await navigator.clipboard.readText(), "second\n");
});

test("a block without a code element is copied whole", async () => {
  const made = withCopy(page("<pre>as it is</pre>"));
  made.click();
  await until(() => made.textContent === "Copied");
  equal(await navigator.clipboard.readText(), "as it is");
});

test("without a clipboard the old way copies, and the focus stays on the button", () =>
  withoutClipboard(true, async (commands) => {
    const made = withCopy(page("<pre><code>x = 1\n</code></pre>"));
    made.focus();
    made.click();
    await until(() => made.textContent === "Copied");
    equal(commands, [["copy", "x = 1\n"]]);
    equal(
      [document.activeElement === made, document.querySelectorAll("textarea").length],
      [true, 0],
    );
  }));

test("where nothing can be copied the button says so, and the code is selected", () =>
  withoutClipboard(false, async () => {
    const made = withCopy(page("<pre><code>x = 1\n</code></pre>"));
    made.focus();
    made.click();
    await until(() => made.textContent === "Not copied: press Ctrl-C");
    equal(String(getSelection()).trimEnd(), "x = 1");
    equal(document.querySelector('[role="status"]').textContent, "Not copied: press Ctrl-C");
    equal(document.activeElement, made);
  }));

test("a second press shows its own result, for its whole time", () =>
  withoutClipboard(false, async () => {
    const made = button(
      "",
      ["Copy", "Copy"],
      () => "x",
      () => made,
    );
    page("<p></p>").append(made);
    made.click();
    await until(() => made.textContent.startsWith("Not copied"));
    delete navigator.clipboard;
    made.click();
    await until(() => made.textContent === "Copied");
    await until(() => made.textContent === "Copy");
  }));
