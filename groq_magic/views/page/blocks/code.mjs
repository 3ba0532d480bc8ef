// A block of code, with a button that copies it. It grows line by line.

import { withCopy } from "../copy.mjs";
import { parsed } from "../html.mjs";
import { focusIfScrolled } from "../keyboard.mjs";
import { growNodes, insertNodes, isRedrawn, removeNodes } from "./nodes.mjs";

export const codeBlock = {
  mount(block, place) {
    const mounted = insertNodes(block, place);
    mounted.pre = mounted.nodes.find((node) => node.localName === "pre");
    mounted.nodes.unshift(withCopy(mounted.pre));
    growNodes(mounted, mounted.pre.querySelector("code"), block);
    focusIfScrolled(mounted.pre);
    return mounted;
  },

  update(mounted, block) {
    const { pre } = mounted;
    if (isRedrawn(mounted, block)) {
      // The button stays, and the focus on it.
      pre.replaceChildren(...parsed(block.html).querySelector("pre").childNodes);
      Object.assign(mounted, { html: block.html, grown: "", tail: "", tailNodes: [] });
    }
    growNodes(mounted, pre.querySelector("code"), block);
  },

  dispose: removeNodes,
};
