import { startWriteBack } from "../../groq_magic/views/page/write_back.mjs";
import { documentOf, signal } from "./document.mjs";
import { newModel } from "./model.mjs";
import { html, offerOf } from "./offers.mjs";
import { equal, test, until } from "./testing.mjs";

const MISSED = offerOf();

test("a save of the page's and one of the reader's never run at the same time", async () => {
  for (const isReadersFirst of [true, false]) {
    const document = documentOf({ a: [html('<div class="groq-doc-s1"></div>')] });
    let [running, most, done] = [0, 0, 0];
    document.save = async () => {
      running += 1;
      most = Math.max(most, running);
      document.saveState.emit("started");
      await new Promise((later) => setTimeout(later, 30));
      running -= 1;
      done += 1;
      document.saveState.emit("completed");
    };
    const model = newModel({ present: {} }, { context: document, restored: signal() });
    const end = startWriteBack(model);
    model.receive({ finished: [MISSED] });
    await until(() => model.sent.some(({ want }) => want));
    if (isReadersFirst) document.save();
    model.receive({ finished: [{ ...MISSED, output: html("the answer"), save: true }] });
    await until(() => running === 1 && done === Number(isReadersFirst));
    if (!isReadersFirst) document.save();
    await until(() => done === 2);
    equal(most, 1);
    end();
  }
});
