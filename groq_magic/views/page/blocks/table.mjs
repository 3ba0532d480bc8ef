// A table. It grows row by row.

import { focusIfScrolled, replaceScrolled } from "../keyboard.mjs";
import { elementOf, growNodes, insertNodes, isRedrawn, redraw, removeNodes } from "./nodes.mjs";

export const tableBlock = {
  mount(block, place) {
    const mounted = insertNodes(block, place);
    growTable(mounted, block);
    focusIfScrolled(elementOf(mounted));
    return mounted;
  },

  update(mounted, block) {
    if (!isRedrawn(mounted, block)) return growTable(mounted, block);
    const [first] = mounted.nodes;
    redraw(mounted, () => {
      const fresh = tableBlock.mount(block, { parent: first.parentNode, before: first });
      replaceScrolled(elementOf(mounted), elementOf(fresh));
      removeNodes(mounted);
      Object.assign(mounted, fresh);
    });
  },

  dispose: removeNodes,
};

function growTable(mounted, block) {
  const body = elementOf(mounted).querySelector("tbody");
  if (body) growNodes(mounted, body, block);
}
