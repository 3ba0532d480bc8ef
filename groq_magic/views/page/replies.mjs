// Buttons below an input box that asks for approval: each types a reply and sends it.

/** Show buttons while the kernel asks a question; return a function that stops this. */
export function startReplies(model) {
  let end = () => {};
  const onMessage = ({ question }) => {
    if (!question) return;
    end();
    end = question.replies.length ? showReplies(question) : () => {};
  };
  model.on("msg:custom", onMessage);
  return () => {
    model.off("msg:custom", onMessage);
    end();
  };
}

// A page can have several boxes: those of unanswered questions stay.
function showReplies({ prompt, replies }) {
  const rows = [];
  const fill = () => {
    for (const box of document.querySelectorAll(".jp-Stdin:not(:has(.groq-replies))")) {
      const input = box.querySelector("input.jp-Stdin-input");
      const asked = box.querySelector(".jp-Stdin-prompt")?.textContent.trim();
      if (!input || asked !== prompt.trim()) continue;
      input.ariaLabel = asked; // the box has no button, and JupyterLab moves the focus there
      const row = rowOf(replies, (typed) => send(input, typed));
      rows.push(row);
      box.append(row);
    }
  };
  const observer = new MutationObserver(fill);
  observer.observe(document.body, { childList: true, subtree: true });
  fill();
  return () => {
    observer.disconnect();
    for (const row of rows) row.remove();
  };
}

function rowOf(replies, reply) {
  const row = document.createElement("div");
  row.className = "groq-replies";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Replies");
  // Enter and Space press the button, instead of running Jupyter's shortcuts.
  row.dataset.lmSuppressShortcuts = "true";
  for (const [label, typed] of replies) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      for (const each of row.children) each.disabled = true;
      reply(typed);
    });
    row.append(button);
  }
  return row;
}

function send(input, typed) {
  input.value = typed;
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}
