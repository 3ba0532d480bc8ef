// Prose: paragraphs, headings, lists, quotes, the model's HTML. Lists and quotes grow.

import { withCopy } from "../copy.mjs";
import { elementOf, growNodes, insertNodes, isRedrawn, redraw, removeNodes } from "./nodes.mjs";

export const textBlock = {
  mount(block, place) {
    const mounted = insertNodes(block, place);
    if (isGrowing(mounted)) addCopies(elementOf(mounted));
    growText(mounted, block);
    return mounted;
  },

  update(mounted, block) {
    if (!isRedrawn(mounted, block)) return growText(mounted, block);
    const open = foldsOf(mounted).map((fold) => fold.open);
    const [first] = mounted.nodes;
    redraw(mounted, () => {
      const fresh = textBlock.mount(block, { parent: first.parentNode, before: first });
      removeNodes(mounted);
      Object.assign(mounted, fresh, { isSettled: false });
      // Folds stay as the user opened or closed them.
      foldsOf(mounted).forEach((fold, at) => {
        fold.open = open[at] ?? fold.open;
      });
    });
  },

  /** Another block follows: this one can't change any more. */
  settle(mounted) {
    if (mounted.isSettled) return;
    mounted.isSettled = true;
    if (!isGrowing(mounted)) for (const node of elementsOf(mounted)) addCopies(node);
  },

  dispose: removeNodes,
};

function isGrowing(mounted) {
  return Boolean(elementOf(mounted)?.matches("ul, ol, blockquote"));
}

function growText(mounted, block) {
  if (isGrowing(mounted)) growNodes(mounted, elementOf(mounted), block, addCopies);
}

// Code that can't change any more.
function addCopies(settled) {
  for (const pre of settled.querySelectorAll("pre")) withCopy(pre);
}

function elementsOf({ nodes }) {
  return nodes.filter((node) => node.nodeType === Node.ELEMENT_NODE);
}

function foldsOf(mounted) {
  return elementsOf(mounted).flatMap((each) => [
    ...(each.localName === "details" ? [each] : []),
    ...each.querySelectorAll("details"),
  ]);
}
