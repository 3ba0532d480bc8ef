// Watches for elements of ours that are added to the page or removed.

// Elements that we change ourselves.
const OWN = ".groq-slot-stream, .groq-bar, .groq-slot-panel, .groq-load";
// A slot within these elements: the panel is drawn again when the key changes.
const WITHIN = ".groq-slot-key";
// Our outputs, and the tabs, which have the path of a panel's notebook.
const OURS = "[class*='groq-'], [data-id]";

/** Call a function when the page changes, at most once a frame.

@param isStreaming whether answers stream: then only changes of our elements count
@return a function that stops this
*/
export function watchPage(call, isStreaming) {
  let frame = 0;
  const observer = new MutationObserver((records) => {
    const others = records.filter((each) => !each.target.closest?.(OWN) || brings(each, WITHIN));
    if (frame || !others.length || (isStreaming() && !others.some(isOurs))) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      call();
    });
  });
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}

function isOurs(record) {
  return brings(record, OURS) || brings({ addedNodes: record.removedNodes }, OURS);
}

function brings({ addedNodes }, selector) {
  return [...addedNodes].some(
    (node) =>
      node.nodeType === Node.ELEMENT_NODE &&
      (node.matches(selector) || node.querySelector(selector)),
  );
}
