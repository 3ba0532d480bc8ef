import { announce, startAnnouncing } from "../../groq_magic/views/page/announce.mjs";
import { newModel } from "./model.mjs";
import { equal, test, until } from "./testing.mjs";

const regions = () => [...document.querySelectorAll('[role="status"]')];

/** Run something, and return the texts that came into the region while it ran. */
async function textsOf(call) {
  const texts = [];
  const watch = new MutationObserver((records) => {
    for (const { addedNodes } of records) texts.push(...[...addedNodes].map((each) => each.data));
  });
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  await call();
  await Promise.resolve();
  watch.disconnect();
  return texts.filter(Boolean);
}

test("an answer's end is announced by how it ended", () => {
  const model = newModel();
  const end = startAnnouncing(model);
  for (const [how, announced] of [
    ["complete", "Answer complete"],
    ["stopped", "Stopped."],
    ["failed", "Answer failed"],
  ]) {
    model.receive({ ended: how, how });
    equal(
      regions().map((each) => each.textContent),
      [announced],
    );
  }
  end();
});

test("words of its own are announced instead", () => {
  const model = newModel();
  const end = startAnnouncing(model);
  model.receive({ ended: "map", how: "complete", words: "Map finished: <b>3 rows</b>" });
  equal(regions()[0].textContent, "Map finished: <b>3 rows</b>");
  end();
});

test("an answer is announced with its first text, a map with its first figures, once", async () => {
  const model = newModel();
  const end = startAnnouncing(model);
  const patch = ["block", 0, "<p>a</p>", "text"];
  const texts = await textsOf(() => {
    model.receive({ doc: "a", count: 1, show: { notices: "" } });
    model.receive({ doc: "a", count: 2, text: [] });
    model.receive({ doc: "a", count: 3, text: [patch] });
    model.receive({ doc: "a", count: 4, text: [patch] });
    model.receive({ doc: "m", count: 1, show: { progress: "<p>0</p>" } });
    model.receive({ doc: "m", count: 2, show: { progress: "<p>1</p>" } });
    model.receive({ ended: "m", how: "complete" });
    model.receive({ ended: "a", how: "failed" });
  });
  equal(texts, ["Answer begins", "Map begins", "Map complete", "Answer failed"]);
  end();
});

test("an answer that was there before the page is not announced as new", async () => {
  const model = newModel();
  const end = startAnnouncing(model);
  const patch = ["block", 0, "<p>a</p>", "text"];
  equal(await textsOf(() => model.receive({ doc: "w", whole: true, count: 3, text: [patch] })), []);
  end();
});

test("questions and errors are announced, the same one again too", async () => {
  const model = newModel();
  const end = startAnnouncing(model);
  const question = { prompt: "Run it? ", replies: [["Run", "run"]] };
  const texts = await textsOf(() => {
    model.receive({ question });
    model.receive({ question: { prompt: "", replies: [] } });
    model.receive({ error: "The key was refused." });
    model.receive({ question });
  });
  equal(texts, ["Run it? ", "The key was refused.", "Run it? "]);
  end();
});

test("other messages are no news, nor are those after the end", () => {
  const model = newModel();
  const end = startAnnouncing(model);
  model.receive({ doc: "a", count: 1, show: {} });
  model.receive({ quota: {} });
  equal(regions()[0].textContent, "");
  end();
  model.receive({ ended: "a", how: "complete" });
  equal([regions()[0].textContent, model.listeners()], ["", 0]);
});

test("the region is there before it speaks, once for all sessions, and out of sight of none", () => {
  const ends = [newModel(), newModel()].map(startAnnouncing);
  equal(regions().length, 1);
  equal([regions()[0].parentElement, regions()[0].hidden], [document.body, false]);
  ends.forEach((end) => end());
});

test("two sessions that see one end announce it once", async () => {
  const models = [newModel(), newModel()];
  const ends = models.map(startAnnouncing);
  const texts = await textsOf(() =>
    models.forEach((each) => each.receive({ ended: "both", how: "complete" })),
  );
  equal(texts, ["Answer complete"]);
  ends.forEach((end) => end());
});

test("two answers that end alike at once are both announced", async () => {
  const model = newModel();
  const end = startAnnouncing(model);
  const texts = await textsOf(() =>
    ["b", "c"].forEach((ended) => model.receive({ ended, how: "complete" })),
  );
  equal(texts, ["Answer complete", "Answer complete"]);
  end();
});

test("an announcement does not stay on the page", async () => {
  announce("Copied");
  await until(() => regions()[0].textContent === "");
});
