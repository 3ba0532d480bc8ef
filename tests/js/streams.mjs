import { Mount } from "../../groq_magic/views/page/mounts.mjs";
import { NO_DOCUMENTS, reduce } from "../../groq_magic/views/page/reducer.mjs";

/** Draw streams as a page does, and return what differs from what they are to show.

Each stream has `frames` (lists of patches), `after` (the HTML after each) and `fresh` (the patches
for a page that comes at the end). One mount draws every frame, one the end only, one every third.
*/
export function wrongStreams(streams) {
  return streams.map(wrongIn).filter(Boolean);
}

function wrongIn({ text, frames, after, fresh }) {
  const [every, third, late] = [newMount(), newMount(), newMount()];
  let state = NO_DOCUMENTS;
  for (const [at, patches] of frames.entries()) {
    state = reduce(state, { doc: "a", count: at + 1, text: patches });
    const { blocks } = state.docs.a.text;
    every.draw(blocks);
    if (at % 3 === 0) third.draw(blocks);
    const wrong = difference(every, after[at]);
    if (wrong) return { text, at, ...wrong };
  }
  const { blocks } = state.docs.a.text;
  const again = reduce(NO_DOCUMENTS, { doc: "a", whole: true, count: 9, text: fresh });
  for (const [mount, shown] of [
    [third, blocks],
    [late, blocks],
    [newMount(), again.docs.a.text.blocks],
  ]) {
    mount.draw(shown);
    const wrong = difference(mount, after.at(-1));
    if (wrong) return { text, at: "end", ...wrong };
  }
  return null;
}

export function newMount() {
  return new Mount(document.createElement("div"));
}

/** Return what a mount shows and what it is to show, where they differ; buttons don't count. */
function difference(mount, html) {
  const shown = mount.root.cloneNode(true);
  for (const made of shown.querySelectorAll(".groq-copy-code")) made.remove();
  const expected = document.createElement("div");
  expected.innerHTML = html;
  for (const each of [shown, expected]) each.normalize();
  return shown.isEqualNode(expected)
    ? null
    : { shown: shown.innerHTML, expected: expected.innerHTML };
}
