// Keeps the focus in an answer's output when the answer's Stop, which had the focus, is removed.

/** Move the focus from Stop to the output that it stands in; return what ends that. */
export function startKeepingFocus(model) {
  const onMessage = ({ ended }) => {
    const stop = document.activeElement;
    if (!(ended && stop?.matches(`.groq-doc-${ended} .groq-stop`))) return;
    // Several mounts can show one answer: this is the one that the reader is at.
    const output = stop.closest(".jp-OutputArea") ?? stop.closest(".groq-answer")?.parentElement;
    if (!output) return;
    // Not on another button: a press of Enter or Space meant for Stop would press that one.
    output.tabIndex = -1;
    output.addEventListener("blur", () => output.removeAttribute("tabindex"), { once: true });
    output.focus({ preventScroll: true });
  };
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}
