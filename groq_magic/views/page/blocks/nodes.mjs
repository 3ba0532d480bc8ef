// What all kinds of block share: their nodes on the page, and a container that grows.

import { parsed } from "../html.mjs";

const FOCUSABLE = "a[href], button, summary, [tabindex]";

/** Put a block's HTML into its place: before a node (or at the end) of a parent. */
export function insertNodes(block, { parent, before }) {
  const fragment = parsed(block.html);
  const nodes = [...fragment.childNodes];
  parent.insertBefore(fragment, before);
  return { nodes, html: block.html, grown: "", tail: "", tailNodes: [] };
}

/** Replace the nodes if the block's HTML is another. */
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

/** Draw a block anew: an element in it that has the focus passes it on to the one in its place. */
export function redraw(mounted, draw) {
  const at = focusablesOf(mounted).indexOf(document.activeElement);
  draw();
  if (at >= 0) focusablesOf(mounted)[at]?.focus({ preventScroll: true });
}

function focusablesOf({ nodes }) {
  return nodes.flatMap((node) => [...(node.querySelectorAll?.(FOCUSABLE) ?? [])]);
}

/** Return the block's first element. */
export function elementOf(mounted) {
  return mounted.nodes.find((node) => node.nodeType === Node.ELEMENT_NODE);
}

/** Whether drawing the block takes more than adding to what is drawn. */
export function isRedrawn(mounted, block) {
  return block.html !== mounted.html || !block.grown.startsWith(mounted.grown);
}

/** Append what is new of a block to its container, and put its tail at the end.

@param ready called with the new nodes that can't change any more, before they are shown
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
