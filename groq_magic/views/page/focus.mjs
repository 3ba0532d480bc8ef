// Where the focus goes when an answer's Stop, which had it, is gone.

const WAIT = 2000; // ms for the finished bar to come

/** Move the focus from Stop to the finished answer; return what ends that. */
export function startKeepingFocus(model) {
  let giveUp;
  const onMessage = ({ ended }) => {
    const stop = document.activeElement;
    if (!(ended && stop?.matches(`.groq-doc-${ended} .groq-stop`))) return;
    // Several mounts can show one answer: this is the one that the reader is at.
    const output = stop.closest(".jp-OutputArea") ?? stop.closest(".groq-answer")?.parentElement;
    giveUp?.();
    giveUp = output && follow(output);
  };
  model.on("msg:custom", onMessage);
  return () => {
    giveUp?.();
    model.off("msg:custom", onMessage);
  };
}

function follow(output) {
  const observer = new MutationObserver(look);
  const late = setTimeout(() => finish(output), WAIT);
  observer.observe(output, { childList: true, subtree: true });
  return end;

  function end() {
    observer.disconnect();
    clearTimeout(late);
  }

  function look() {
    if (isElsewhere()) end();
    else if (!output.querySelector(".groq-stop") && copyIn(output)) finish(copyIn(output));
  }

  function finish(target) {
    end();
    if (isElsewhere() || !target.isConnected) return;
    if (target === output) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
}

const copyIn = (output) => output.querySelector(".groq-copy");

// The reader went on to something else, and stays there.
function isElsewhere() {
  const focused = document.activeElement;
  return focused && focused !== document.body && !focused.matches(".groq-stop");
}
