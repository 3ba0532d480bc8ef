// When elements of ours come to the page, or go.

// Where we change the page ourselves.
const OWN = ".groq-slot-stream, .groq-bar, .groq-slot-panel, .groq-load";
// A slot that widgets bring along: the panel is drawn again with another key.
const WITHIN = ".groq-slot-key";
// Our outputs, and the tabs that say which notebook a panel shows.
const OURS = "[class*='groq-'], [data-id]";

/** Call a function at most once a frame when it may find something to do on the page.

@param isStreaming whether answers stream: then it is called only for elements of ours
@return a function that ends it
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
