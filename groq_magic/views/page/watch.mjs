// When elements of ours come to the page, or go.

// Where we change the page ourselves.
const OWN = ".groq-slot-stream, .groq-bar, .groq-load, .groq-slot-key";
// Our outputs, and the tabs that say which notebook a panel shows.
const OURS = "[class*='groq-'], [data-id]";

/** Call a function at most once a frame when it may find something to do on the page.

@param isStreaming whether answers stream: then it is called only for elements of ours
@return a function that ends it
*/
export function watchPage(call, isStreaming) {
  let frame = 0;
  const observer = new MutationObserver((records) => {
    const others = records.filter(({ target }) => !target.closest?.(OWN));
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

function isOurs({ addedNodes, removedNodes }) {
  return [...addedNodes, ...removedNodes].some(
    (node) =>
      node.nodeType === Node.ELEMENT_NODE && (node.matches(OURS) || node.querySelector(OURS)),
  );
}
