// HTML from the kernel, which made it safe, and elements of our own.

/** Return the nodes of some HTML. */
export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true);
}

/** Return the nodes of a phrase; text in backticks is code. */
export function phrase(text) {
  return text.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? element("code", "", part) : part));
}

/** Return a new element. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
