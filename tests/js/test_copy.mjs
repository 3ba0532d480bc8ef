import { button, withCopy } from "../../groq_magic/views/page/copy.mjs";
import { equal, page, test, until } from "./testing.mjs";

test("a press copies, and the button says so for a while", async () => {
  const made = button("some-class", "Copy", () => "copied text");
  page("<p></p>").append(made);
  made.click();
  await until(() => made.textContent === "Copied");
  equal(await navigator.clipboard.readText(), "copied text");
  await until(() => made.textContent === "Copy");
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
