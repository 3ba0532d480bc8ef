// Where the focus stays when an answer's Stop, which had it, is gone: in the answer's output.

/** Move the focus from Stop to the output that it stands in; return what ends that. */
export function startKeepingFocus(model) {
  const onMessage = ({ ended }) => {
    const stop = document.activeElement;
    if (!(ended && stop?.matches(`.groq-doc-${ended} .groq-stop`))) return;
    // Several mounts can show one answer: this is the one that the reader is at.
    const output = stop.closest(".jp-OutputArea") ?? stop.closest(".groq-answer")?.parentElement;
    if (!output) return;
    // On no button: the next press of Enter or Space is meant for none.
    output.tabIndex = -1;
    output.addEventListener("blur", () => output.removeAttribute("tabindex"), { once: true });
    output.focus({ preventScroll: true });
  };
  model.on("msg:custom", onMessage);
  return () => model.off("msg:custom", onMessage);
}
