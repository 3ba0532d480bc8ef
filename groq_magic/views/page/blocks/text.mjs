// Prose: paragraphs, headings, lists, quotes, HTML of the model's. Lists and quotes grow.

import { withCopy } from "../copy.mjs";
import { elementOf, growNodes, insertNodes, isRedrawn, removeNodes } from "./nodes.mjs";

export const textBlock = {
  mount(block, place) {
    const mounted = insertNodes(block, place);
    growText(mounted, block);
    return mounted;
  },

  update(mounted, block) {
    if (!isRedrawn(mounted, block)) return growText(mounted, block);
    const open = foldsOf(mounted).map((fold) => fold.open);
    const [first] = mounted.nodes;
    const fresh = textBlock.mount(block, { parent: first.parentNode, before: first });
    removeNodes(mounted);
    Object.assign(mounted, fresh);
    // What the reader opened or closed stays so.
    const folds = foldsOf(mounted);
    open.forEach((each, at) => folds[at] && (folds[at].open = each));
  },

  dispose: removeNodes,
};

function growText(mounted, block) {
  const root = elementOf(mounted);
  if (root?.matches("ul, ol, blockquote")) growNodes(mounted, root, block, addCopies);
}

// Code inside an item that can't change any more.
function addCopies(settled) {
  for (const pre of settled.querySelectorAll("pre")) withCopy(pre);
}

function foldsOf({ nodes }) {
  const elements = nodes.filter((node) => node.nodeType === Node.ELEMENT_NODE);
  return elements.flatMap((each) =>
    each.localName === "details" ? [each, ...each.querySelectorAll("details")] : [...each.querySelectorAll("details")],
  );
}
