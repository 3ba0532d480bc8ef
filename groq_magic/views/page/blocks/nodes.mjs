// Functions for all kinds of block: their nodes on the page, and a container that grows.

import { parsed } from "../html.mjs";

const FOCUSABLE = "a[href], button, summary, [tabindex]";

/** Insert a block's HTML into a parent, before a node or at the end. */
export function insertNodes(block, { parent, before }) {
  const fragment = parsed(block.html);
  const nodes = [...fragment.childNodes];
  parent.insertBefore(fragment, before);
  return { nodes, html: block.html, grown: "", tail: "", tailNodes: [] };
}

/** Replace the nodes if the block's HTML has changed. */
export function replaceNodes(mounted, block) {
  if (block.html === mounted.html) return;
  const [first] = mounted.nodes;
  const fresh = insertNodes(block, { parent: first.parentNode, before: first });
  removeNodes(mounted);
  Object.assign(mounted, fresh);
}

export function removeNodes(mounted) {
  for (const node of mounted.nodes) node.remove();
}

/** Draw a block again: an element in it that has the focus passes it on to the one in its place. */
export function redraw(mounted, draw) {
  const at = focusablesOf(mounted).indexOf(document.activeElement);
  draw();
  if (at >= 0) focusablesOf(mounted)[at]?.focus({ preventScroll: true });
}

function focusablesOf({ nodes }) {
  const within = (node) => [...(node.querySelectorAll?.(FOCUSABLE) ?? [])];
  return nodes.flatMap((node) =>
    node.matches?.(FOCUSABLE) ? [node, ...within(node)] : within(node),
  );
}

/** Return the block's first element. */
export function elementOf(mounted) {
  return mounted.nodes.find((node) => node.nodeType === Node.ELEMENT_NODE);
}

/** Whether the block has to be drawn again, instead of growing. */
export function isRedrawn(mounted, block) {
  return block.html !== mounted.html || !block.grown.startsWith(mounted.grown);
}

/** Append the new nodes of a block to its container, and its tail at the end.

@param ready called with new nodes that can't change any more, before they are shown
*/
export function growNodes(mounted, container, block, ready) {
  if (block.grown === mounted.grown && block.tail === mounted.tail) return;
  for (const node of mounted.tailNodes) node.remove();
  const grown = parsed(block.grown.slice(mounted.grown.length));
  ready?.(grown);
  const tail = parsed(block.tail);
  mounted.tailNodes = [...tail.childNodes];
  container.append(grown, tail);
  mounted.grown = block.grown;
  mounted.tail = block.tail;
}
