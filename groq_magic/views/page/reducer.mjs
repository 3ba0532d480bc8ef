// The documents of streaming answers by slot, and how a message changes them. Pure: no DOM.
//
// A document is { count, behind, ended, show, text, reasoning }. Text and reasoning are
// { blocks, next }, and a block is { key, kind, html, grown, tail }: its HTML, the HTML added to its
// container since, and its end, which may still change. A block keeps its key while its kind and its
// place stay the same.

const NO_DOCUMENT = {
  count: 0,
  behind: false, // whether a message was lost
  ended: "",
  show: {},
  text: { blocks: [], next: 0 },
  reasoning: { blocks: [], next: 0 },
};

export const NO_DOCUMENTS = { docs: {} };

/** Return the state after a message of the kernel (`doc`, `ended`), or of the page (`pressed`: a
press of Stop, `forgotten`: a document that no element shows any more). */
export function reduce(state, message) {
  if (message.doc) return withDocument(state, message.doc, (before) => fed(before, message));
  if (message.ended) return changed(state, message.ended, { ended: message.how });
  if (message.pressed) return withPress(state, message.pressed, message.as);
  if (message.forgotten && state.docs[message.forgotten]) {
    const { [message.forgotten]: _, ...docs } = state.docs;
    return { ...state, docs };
  }
  return state;
}

function withDocument(state, slot, change) {
  const before = state.docs[slot] ?? NO_DOCUMENT;
  const after = change(before);
  return after === before ? state : { ...state, docs: { ...state.docs, [slot]: after } };
}

function changed(state, slot, values) {
  return state.docs[slot] ? withDocument(state, slot, (doc) => ({ ...doc, ...values })) : state;
}

// What the kernel has confirmed stays.
function withPress(state, slot, as) {
  const show = state.docs[slot]?.show;
  return show?.stop === "received" ? state : changed(state, slot, { show: { ...show, stop: as } });
}

function fed(doc, { count, whole, text = [], reasoning = [], show = {} }) {
  if (!whole && count <= doc.count) return doc;
  if (!whole && count > doc.count + 1) return doc.behind ? doc : { ...doc, behind: true };
  try {
    return {
      ...doc,
      count,
      behind: false,
      show: whole ? show : { ...doc.show, ...show },
      text: patched(doc.text, text, whole),
      reasoning: patched(doc.reasoning, reasoning, whole),
    };
  } catch {
    return { ...doc, behind: true };
  }
}

function patched(list, patches, whole) {
  if (!patches.length && !whole) return list;
  const blocks = [...list.blocks];
  let { next } = list;
  for (const patch of patches) {
    if (patch[0] === "block") next = place(blocks, patch, next);
    else apply(blocks, patch);
  }
  if (whole) blocks.length = patches.filter(([op]) => op === "block").length;
  return { blocks, next };
}

// Returns the key for the next new block.
function place(blocks, [, index, html, kind], next) {
  if (index > blocks.length) throw new Error(`no place ${index}`);
  const before = blocks[index];
  const keeps = before?.kind === kind;
  blocks[index] = { key: keeps ? before.key : next, kind, html, grown: "", tail: "" };
  return keeps ? next : next + 1;
}

function apply(blocks, [op, index, html]) {
  const block = blocks[index];
  if (op === "cut") blocks.length = Math.min(blocks.length, index);
  else if (op === "grow" && block)
    blocks[index] = { ...block, grown: block.grown + html, tail: "" };
  else if (op === "tail" && block) blocks[index] = { ...block, tail: html };
  else throw new Error(`no block ${index} to ${op}`);
}
