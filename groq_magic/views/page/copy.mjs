// Buttons that copy.

const COPIED = 1500; // ms for which a button says so

export function button(className, label, source) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  made.addEventListener("click", async () => {
    await copied(source());
    made.textContent = "Copied";
    setTimeout(() => (made.textContent = label), COPIED);
  });
  return made;
}

// Browsers have no clipboard on plain http, or may not use it; the old way works there.
async function copied(text) {
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    const focused = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    focused?.focus();
  }
}

/** Put a button before some code, which copies what comes after it. */
export function withCopy(pre) {
  const code = () => {
    const next = made.nextElementSibling;
    return (next.querySelector("code") ?? next).textContent;
  };
  const made = button("groq-copy-code", "copy", code);
  pre.before(made);
  return made;
}
