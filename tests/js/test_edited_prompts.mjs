import { startWriteBack } from "../../groq_magic/views/page/write_back.mjs";
import { documentOf, signal } from "./document.mjs";
import { newModel } from "./model.mjs";
import { html, offerOf } from "./offers.mjs";
import { equal, test, until } from "./testing.mjs";

const [PLACE, FORMER, FINAL] = ['<div class="groq-doc-s1"></div>', "former", "final"].map(html);
const [ASKED, OTHER] = ["%%groq\nslow", "%%groq\nquick"];
const OFFER = offerOf({ source: 344_523_731 }); // Python's zlib.adler32(ASKED)

/** Load a page whose cell has an output and a source; return what it sends, and then the output. */
async function load(output, source, offer = OFFER) {
  const document = documentOf({ a: [output] }, { source });
  const present = { finished: [offer] };
  const model = newModel({ present }, { context: document, restored: signal() });
  const end = startWriteBack(model);
  await until(() => model.sent.some(({ want, absent }) => want || absent));
  model.receive({ finished: [{ ...offer, output: FINAL, save: false }] });
  end();
  return [Object.keys(model.sent.at(-1)), document.model.cells[0].all];
}

test("an output goes below the prompt that asked for it", async () => {
  equal(await load(FORMER, ASKED), [["shown"], [FINAL]]);
});

test("an output goes below no other prompt, but is reported", async () => {
  equal(await load(FORMER, OTHER), [["absent"], [FORMER]]);
});

test("an output takes its place below any prompt", async () => {
  equal(await load(PLACE, OTHER), [["shown"], [FINAL]]);
});

test("an output whose code is unknown goes below any prompt", async () => {
  equal(await load(FORMER, OTHER, { ...OFFER, source: 0 }), [["shown"], [FINAL]]);
});
