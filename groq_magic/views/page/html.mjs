// HTML of the kernel's, rendered and made safe there.

/** Return the nodes of some HTML. */
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true);
}
